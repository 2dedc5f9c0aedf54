import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { presets as languagePresets } from '@nano-emox/lm-lora';
import { type ArgsDef, parseArgs } from 'citty';
import { presets } from 'nano-emox';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../usage-error';
import { type BenchDocument, type Round, summarise } from './bench-document';
import { benchCommand } from './command';
import { stageFlops, tokenFlops } from './model-work';
import { readBenchOptions } from './options';
import { inverted, spreadOf } from './spread';

/** The built program is what users run; `npm test` builds before it tests. */
const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const stageNames = ['decode', 'scene', 'face', 'voice', 'fuse', 'msa', 'mer', 'ovMer', 'eri', 'mir', 'erg', 'total'];

describe('nano-emox bench', () => {
  it('measures every step on the sample clip in one document', { timeout: 240_000 }, () => {
    const args = [program, 'bench', '--json', '--runs', '2', '--precision', 'int4'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { stages, languageModel, machine, load, peakBytes, runs, precision } = JSON.parse(stdout) as BenchDocument;
    expect({ runs, precision }).toEqual({ runs: 2, precision: 'int4' });
    expect(Object.keys(stages)).toEqual(stageNames);
    for (const { milliseconds, distance } of Object.values(stages)) {
      expect(milliseconds.min).toBeGreaterThan(0);
      expect(milliseconds.median).toBeGreaterThanOrEqual(milliseconds.min);
      expect(milliseconds.median).toBeLessThanOrEqual(milliseconds.max);
      if (distance) expect(distance.shareOfProduct).toBeLessThan(2); // the product is a limit, as far as a busy machine lets it
    }
    const counted = Object.keys(stages).filter((stage) => stages[stage]?.distance);
    expect(counted).toEqual(['scene', 'face', 'voice', 'fuse']);
    expect(languageModel.prompt.tokens).toBeGreaterThan(50);
    expect(languageModel.answer?.tokensPerSecond.median).toBeGreaterThan(1);
    expect(languageModel.prompt.tokensPerSecond.median).toBeGreaterThan(
      languageModel.answer?.tokensPerSecond.median ?? 0,
    );
    expect(machine.productGigaflopsPerSecond.min).toBeGreaterThan(0);
    expect(load.readMs).toBeGreaterThan(0);
    expect(peakBytes).toBeGreaterThan(100e6);
  });

  it('fails as other commands do', { timeout: 60_000 }, () => {
    const args = [program, 'bench', 'missing.mp4', '--json', '--runs', '1'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(JSON.parse(stdout).error.code).toBe('MISSING_FILE');
    expect(stderr).toMatch(/^error \[MISSING_FILE\] .*\n {2}\S.*\n$/);
  });
});

describe('the work of the model', () => {
  it('grows with what is read', () => {
    const sizes = { frames: 8, clips: 8, samples: 32_000 };
    for (const stage of ['scene', 'face', 'voice'] as const) {
      const once = stageFlops(stage, presets.tiny, { ...sizes, frames: 4, clips: 4 });
      expect(stageFlops(stage, presets.tiny, sizes) / once, stage).toBeCloseTo(2, 1);
    }
    expect(stageFlops('fuse', presets.tiny, sizes)).toBeGreaterThan(0);
  });

  it('is two for each weight of the language model and token, and a little for attention', () => {
    const { layers, hidden, mlp, heads, keyHeads, headDim, vocabSize } = languagePresets.paper;
    const { lora: _, ...config } = languagePresets.paper;
    const layer = hidden * headDim * (2 * heads + 2 * keyHeads) + 3 * hidden * mlp;
    const [weights, head] = [layers * layer, hidden * vocabSize];
    const prompt = tokenFlops(config, 100) / (2 * (100 * weights + head));
    const token = tokenFlops(config, 1, 100) / (2 * (weights + head));
    for (const ratio of [prompt, token]) {
      expect(ratio).toBeGreaterThan(1);
      expect(ratio).toBeLessThan(1.02);
    }
  });
});

describe('the summary', () => {
  const round = (scene: number, promptMs: number, product: number): Round => ({
    timingsMs: { decode: 3, scene },
    answer: { promptTokens: 100, promptMs, answerTokens: 20, answerMs: 10 * promptMs },
    productGigaflopsPerSecond: product,
  });
  const work = { stages: { scene: 2e9 }, prompt: 4e9, token: 1e9 };

  it('puts medians beside the product of the machine', () => {
    const rounds = [round(100, 50, 100), round(400, 100, 50), round(200, 200, 80)];
    const { product, stages, languageModel } = summarise(rounds, work);
    expect(product).toEqual({ median: 80, min: 50, max: 100 });
    expect(stages).toEqual({
      decode: { milliseconds: { median: 3, min: 3, max: 3 } },
      scene: {
        milliseconds: { median: 200, min: 100, max: 400 },
        distance: { gigaflop: 2, gigaflopsPerSecond: 10, shareOfProduct: 0.125 },
      },
    });
    expect(languageModel.prompt).toMatchObject({
      tokens: 100,
      tokensPerSecond: { median: 1000, min: 500, max: 2000 },
      distance: { gigaflopsPerSecond: 40, shareOfProduct: 0.5 },
    });
    expect(languageModel.answer).toMatchObject({
      tokensPerSecond: { median: 20, min: 10, max: 40 },
      distance: { gigaflop: 20, gigaflopsPerSecond: 20 },
    });
  });

  it('has no rate of an answer that ended with its first token', () => {
    const short = { ...round(1, 1, 1), answer: { promptTokens: 5, promptMs: 1, answerTokens: 0, answerMs: 0 } };
    expect(summarise([short], work).languageModel.answer).toBeNull();
  });

  it('takes the middle, and turns times into rates', () => {
    expect(spreadOf([4, 1, 10, 2])).toEqual({ median: 3, min: 1, max: 10 });
    expect(inverted(spreadOf([1, 2, 4]), (value) => 8 / value)).toEqual({ median: 4, min: 2, max: 8 });
  });
});

describe('options of bench', () => {
  const definitions = benchCommand.args as ArgsDef;
  const read = (...args: string[]) => readBenchOptions(parseArgs(args, definitions)._, args, definitions);

  it('have defaults, and take one clip', () => {
    expect(read()).toEqual({
      ...{ runs: 5, model: 'tiny', device: 'auto', precision: 'float32' },
      ...{ json: false, quiet: false, verbose: false },
    });
    expect(read('talk.mp4', '--runs=20', '--words', 'Hm')).toMatchObject({ clip: 'talk.mp4', runs: 20, words: 'Hm' });
  });

  it.each([
    [['a.mp4', 'b.mp4'], 'several clips'],
    [['--runs', '0'], '--runs is "0"'],
    [['--device', 'abacus'], 'no device "abacus"'],
  ])('%j is a usage error', (args, message) => {
    expect(() => read(...args)).toThrow(UsageError);
    expect(() => read(...args)).toThrow(message);
  });
});
