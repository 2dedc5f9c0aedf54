import { describe, expect, it } from 'vitest';
import { emotions } from '../emotion';
import { Random } from '../random';
import { fillTemplate } from './fill';
import { grammars, sampleScript } from './sample-script';
import { intents } from './situation';

const slotsOf = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);

describe.each(emotions)('sentences of %s', (emotion) => {
  const grammar = grammars[emotion];

  it('claims nothing that a line does not say', () => {
    for (const { topic, slots, lines, scenario, cause, responses } of grammar.situations) {
      const claimed = new Set([scenario, cause, ...responses].flatMap(slotsOf));
      for (const [line] of lines) {
        for (const slot of claimed) expect(slotsOf(line), `${topic}: "${line}"`).toContain(slot);
        for (const slot of slotsOf(line)) expect(slots, `${topic}: "${line}"`).toHaveProperty(slot);
      }
    }
  });

  it('gives hundreds of distinct sentences without loose ends', () => {
    const texts = new Set<string>();
    for (let seed = 0; seed < 700; seed += 1) {
      const script = sampleScript(emotion, new Random(`${emotion}-${seed}`));
      texts.add(script.text);
      for (const text of [script.text, script.eventScenario, script.emotionCause, script.empathicResponse]) {
        expect(text).not.toMatch(/[{}]|undefined| {2}|^\s|\s$|\ban [bcdfgjklmnpqrstvwxz]|\ba [aio]/);
      }
      expect(script.text).toMatch(/^[A-Z].*[.!?]$/);
    }
    expect(texts.size).toBeGreaterThan(300);
  });

  it('follows strength in words and valence', () => {
    const mean = (intensity: number) => {
      const values = Array.from(
        { length: 200 },
        (_, seed) => sampleScript(emotion, new Random(seed), { intensity, words: 'none' }).valence,
      );
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    };
    if (emotion === 'neutral') expect(Math.abs(mean(1))).toBeLessThan(0.02);
    else expect(Math.abs(mean(1))).toBeGreaterThan(Math.abs(mean(0.3)));
    const strong = sampleScript(emotion, new Random('strong'), { intensity: 1 }).emotionWords;
    expect(grammar.words.at(-1)).toContain(strong[0]);
  });
});

describe('sampleScript', () => {
  it('reaches all twenty intents', () => {
    const seen = new Set(
      emotions.flatMap((emotion) =>
        grammars[emotion].situations.flatMap(({ lines }) => lines.map(([, intent]) => intent)),
      ),
    );
    expect([...seen].sort()).toEqual([...intents].sort());
  });

  it('keeps the feeling out of neutral words, but not out of the labels', () => {
    const script = sampleScript('sad', new Random(4), { words: 'neutral' });
    const plain = new Set(grammars.neutral.situations.map(({ topic }) => topic));
    expect(plain).toContain(script.topic);
    expect(script.emotionCause).toBe('the cause is not said in the words');
    expect(script.valence).toBeLessThan(-0.3);
    expect(sampleScript('sad', new Random(4), { words: 'none' })).toMatchObject({ text: '', intent: null });
  });

  it('turns the speaker’s words around for narrator and listener', () => {
    const slots = { who: 'my brother' };
    expect(fillTemplate('{who} called me.', slots, 'speaker')).toBe('My brother called me.');
    expect(fillTemplate('{who} called.', slots, 'narrator')).toBe('Their brother called.');
    expect(fillTemplate('I am glad about {who}.', slots, 'listener')).toBe('I am glad about your brother.');
    expect(fillTemplate('It took a {time} for an {thing}.', { time: 'hour', thing: 'phone' }, 'speaker')).toBe(
      'It took an hour for a phone.',
    );
  });
});
