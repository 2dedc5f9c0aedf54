import { matchLabel } from '../labels/match-label';
import { canonicalLabel, isPlainLabel } from '../labels/plain-label';
import type { SentimentValue } from '../task';
import { intensity, level } from '../tasks/affect/intensity';
import type { NumberScale } from '../tasks/affect/number-answer';
import { valence, valenceClass } from '../tasks/affect/valence';
import type { Fields, TargetRule, Template } from './corpus';
import { goldLabels } from './label-list';
import type { SampleTarget } from './row';
import { fill } from './template';

/** What a rule makes of a record: a gold value, perhaps with a remark; nothing, as its class is not of the task; or a problem. */
export type GoldTarget =
  | { readonly target: SampleTarget; readonly remark?: string }
  | { readonly ignored: true }
  | { readonly problem: string; readonly optional?: boolean };

type Rule<Task extends TargetRule['task']> = Extract<TargetRule, { task: Task }>;

/** Applies a target rule. */
export function goldTarget(rule: TargetRule, fields: Fields): GoldTarget {
  switch (rule.task) {
    case 'mer':
    case 'mir':
      return closedTarget(rule, fields);
    case 'msa':
      return 'sentiment' in rule ? polarityTarget(rule.sentiment, fields) : valenceTarget(rule, fields);
    case 'ovMer':
      return openTarget(rule, fields);
    case 'eri':
      return reasonTarget(rule, fields);
    case 'erg':
      return responseTarget(rule, fields);
    case 'eiReg':
    case 'eiOc':
      return intensityTarget(rule, fields);
    case 'vReg':
    case 'vOc':
      return affectValenceTarget(rule, fields);
    case 'eC':
      return emotionSetTarget(rule, fields);
  }
}

function closedTarget(rule: Rule<'mer' | 'mir'>, fields: Fields): GoldTarget {
  const written = fill(rule.label, fields);
  if (written === undefined || written.trim() === '') return absent(rule.label, rule.optional);
  const word = canonicalLabel(written);
  if (rule.ignore?.includes(word)) return { ignored: true };
  const mapped = rule.map && Object.hasOwn(rule.map, word) ? (rule.map[word] as string) : word;
  const label = matchLabel(mapped, rule.labels);
  if (label === undefined) {
    const problem = `the label "${written}" is not among ${rule.labels.join(', ')}`;
    return { problem, ...(rule.optional ? { optional: true } : {}) };
  }
  return {
    target:
      rule.task === 'mer' ? { task: 'mer', value: { emotion: label } } : { task: 'mir', value: { intent: label } },
  };
}

const polarities: Readonly<Record<string, SentimentValue>> = {
  positive: { sentiment: 'positive', valence: 1 },
  neutral: { sentiment: 'neutral', valence: 0 },
  negative: { sentiment: 'negative', valence: -1 },
};

function polarityTarget(template: Template, fields: Fields): GoldTarget {
  const word = canonicalLabel(fill(template, fields) ?? '');
  const value = Object.hasOwn(polarities, word) ? polarities[word] : undefined;
  return value
    ? { target: { task: 'msa', value } }
    : { problem: `the sentiment "${word}" is not positive, neutral or negative` };
}

function valenceTarget(rule: Extract<TargetRule, { range: number }>, fields: Fields): GoldTarget {
  const written = fill(rule.valence, fields)?.trim();
  const text = written !== undefined && rule.pattern ? rule.pattern.exec(written)?.[1] : written;
  const number = text === undefined || text === '' ? Number.NaN : Number(text);
  if (!(Math.abs(number) <= rule.range)) {
    return { problem: `the valence "${written ?? ''}" is not a number from -${rule.range} to ${rule.range}` };
  }
  const sentiment = number > 0 ? 'positive' : number < 0 ? 'negative' : 'neutral';
  return { target: { task: 'msa', value: { sentiment, valence: number / rule.range + 0 } } }; // + 0: no negative zero
}

/** An empty list means that nothing shows: neutral, as in the published training targets. */
function openTarget(rule: Rule<'ovMer'>, fields: Fields): GoldTarget {
  const gold = goldLabels(rule.labels, fields);
  if (!gold) return absent('list' in rule.labels ? rule.labels.list : rule.labels.columns.join(', '));
  const { labels, dropped } = gold;
  if (labels.length === 0 && dropped.length > 0) return { problem: `no label can be read in ${dropped.join(' | ')}` };
  return {
    target: { task: 'ovMer', value: { emotions: labels.length > 0 ? labels : ['neutral'] } },
    ...remarkOn(dropped),
  };
}

function reasonTarget(rule: Rule<'eri'>, fields: Fields): GoldTarget {
  const reason = fill(rule.reason, fields)?.trim();
  if (!reason) return absent(rule.reason);
  const { labels, dropped } = goldLabels(rule.emotions, fields) ?? { labels: [], dropped: [] };
  return { target: { task: 'eri', value: { reason, emotions: labels } }, ...remarkOn(dropped) };
}

function responseTarget(rule: Rule<'erg'>, fields: Fields): GoldTarget {
  const { task: _, ...templates } = rule;
  const texts = Object.entries(templates).map(
    ([part, template]) => [part, fill(template, fields)?.trim() ?? ''] as const,
  );
  const empty = texts.find(([, text]) => text === '');
  if (empty) return absent(templates[empty[0] as keyof typeof templates]);
  const { response, ...chain } = Object.fromEntries(texts) as Record<keyof typeof templates, string>;
  const speakerEmotion = canonicalLabel(chain.speakerEmotion);
  if (!isPlainLabel(speakerEmotion)) return { problem: `the emotion "${chain.speakerEmotion}" is not a plain label` };
  return { target: { task: 'erg', value: { chainOfEmpathy: { ...chain, speakerEmotion }, response } } };
}

function intensityTarget(rule: Rule<'eiReg' | 'eiOc'>, fields: Fields): GoldTarget {
  const emotion = canonicalLabel(fill(rule.emotion, fields) ?? '');
  if (!isPlainLabel(emotion)) return { problem: `the emotion "${emotion}" is not a plain label` };
  const gold = scaleNumber(rule.intensity, rule.task === 'eiReg' ? intensity : level, fields);
  if (!('number' in gold)) return gold;
  const { number } = gold;
  return {
    target:
      rule.task === 'eiReg'
        ? { task: 'eiReg', value: { emotion, intensity: number } }
        : { task: 'eiOc', value: { emotion, level: number } },
  };
}

function affectValenceTarget(rule: Rule<'vReg' | 'vOc'>, fields: Fields): GoldTarget {
  const gold = scaleNumber(rule.valence, rule.task === 'vReg' ? valence : valenceClass, fields);
  if (!('number' in gold)) return gold;
  const { number } = gold;
  return {
    target:
      rule.task === 'vReg'
        ? { task: 'vReg', value: { valence: number } }
        : { task: 'vOc', value: { valenceClass: number } },
  };
}

/** What test files hold in place of a number as long as it is secret. */
const notAnnotated = 'none';

function scaleNumber(template: Template, { field, from, to, decimals }: NumberScale, fields: Fields) {
  const written = fill(template, fields)?.trim() ?? '';
  if (written.toLowerCase() === notAnnotated) return { ignored: true } as const;
  const text = (decimals === 0 ? written.split(':')[0] : written)?.trim() ?? '';
  const number = text === '' ? Number.NaN : Number(text) + 0; // + 0: no negative zero
  if (number >= from && number <= to && (decimals > 0 || Number.isInteger(number))) return { number };
  const kind = decimals > 0 ? 'number' : 'whole number';
  return { problem: `the ${field} "${written}" is not a ${kind} from ${from} to ${to}` };
}

function emotionSetTarget(rule: Rule<'eC'>, fields: Fields): GoldTarget {
  const gold = goldLabels(rule.emotions, fields);
  if (!gold) return absent('list' in rule.emotions ? rule.emotions.list : rule.emotions.columns.join(', '));
  const words = [...gold.labels, ...gold.dropped];
  const unknown = words.find((word) => matchLabel(word, rule.labels) === undefined);
  if (unknown !== undefined) return { problem: `the label "${unknown}" is not among ${rule.labels.join(', ')}` };
  const emotions = [...new Set(words.flatMap((word) => matchLabel(word, rule.labels) ?? []))];
  return { target: { task: 'eC', value: { emotions } } };
}

const absent = (template: Template, optional = false): GoldTarget => ({
  problem: `${template} is empty or missing`,
  ...(optional ? { optional } : {}),
});

const remarkOn = (dropped: readonly string[]) =>
  dropped.length > 0 ? { remark: `left out what is no plain label: ${dropped.join(' | ')}` } : {};
