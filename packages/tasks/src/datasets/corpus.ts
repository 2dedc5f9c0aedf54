import type { Dialogue } from '../prompt/dialogue';
import type { ModalityMode } from '../prompt/modality-modes';

/** Fields of a record by name: columns, JSON members, named groups of a pattern. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * Text with field names in braces: `Raw/{video_id}/{clip_id:4}.mp4`. A dot descends into JSON (`{turn.speaker}`), a number
 * behind a colon pads with zeros to that width. A template with a field that is absent has no value.
 */
export type Template = string;

/** A file or folder name, or a pattern for many; its named groups become fields. */
export type PathSegment = string | RegExp;

/** How a file falls into records. */
export type RecordFormat =
  | {
      readonly kind: 'delimited';
      readonly delimiter: ',' | '\t';
      /** Whether `"` encloses cells. Tables that never quote hold it as an ordinary character. */
      readonly quoted: boolean;
      /**
       * `names`: the first row names the columns, of which `columns` must be there. `skip`: the first row is a header of
       * other wording, `columns` are meant by position. `none`: there is no header.
       */
      readonly header: 'names' | 'skip' | 'none';
      readonly columns: readonly string[];
    }
  /** One array or object; records are the members at `depth` (1: of the outermost). Keys above them are `$0`, `$1`. */
  | { readonly kind: 'json'; readonly depth: 1 | 2 }
  | { readonly kind: 'json-lines' }
  /** A record per line that matches; its named groups are the fields. Lines matching `ignore` are no records. */
  | { readonly kind: 'lines'; readonly pattern: RegExp; readonly ignore?: RegExp }
  /** The file itself is the record. `grammar` reads further fields from the named group `name` of its path. */
  | { readonly kind: 'file-name'; readonly grammar?: RegExp };

/** Where clips are; of several templates the first that has a value, or, when asked for, the first that exists. */
export interface MediaTemplates {
  readonly video?: readonly Template[];
  readonly audio?: readonly Template[];
  readonly image?: readonly Template[];
}

/** Annotation files of one format and split. */
export interface AnnotationFiles {
  readonly path: readonly PathSegment[];
  readonly format: RecordFormat;
  /** Split of every record; absent when the layout reads it from a field. */
  readonly split?: string;
  readonly media?: MediaTemplates;
  /** Of the records nested in one (`expand`), only the last. */
  readonly keep?: 'last';
}

/** A second table, looked up by key; its record becomes the field `as`. */
export interface Join {
  readonly as: string;
  readonly path: readonly PathSegment[];
  readonly format: RecordFormat;
  /** Key of a record of the second table. */
  readonly key: Template;
  /** Key to look for, from the first. */
  readonly on: Template;
  /** `record`: a record without partner is bad. `file`: the table must exist. `none`: neither. */
  readonly required: 'record' | 'file' | 'none';
}

/** Fields to the gold value of one task. */
export type TargetRule =
  | {
      readonly task: 'mer' | 'mir';
      readonly label: Template;
      readonly labels: readonly string[];
      /** Spelling in the file (lower case) to label, where word forms alone do not tell. */
      readonly map?: Readonly<Record<string, string>>;
      /** Lower-case labels that make no sample: classes outside the task. */
      readonly ignore?: readonly string[];
      /** Whether a label outside the set only loses this target, not the row. */
      readonly optional?: boolean;
    }
  /** Number divided by `range` is the valence, or a class name. */
  | { readonly task: 'msa'; readonly valence: Template; readonly range: number; readonly pattern?: RegExp }
  /** A polarity word; its valence is nominal: 1, 0 or -1. */
  | { readonly task: 'msa'; readonly sentiment: Template }
  | { readonly task: 'ovMer'; readonly labels: LabelList }
  /** A number, or a class with or without words behind a colon (`2: moderate …`). `NONE` makes no sample: nothing was annotated. */
  | { readonly task: 'eiReg' | 'eiOc'; readonly emotion: Template; readonly intensity: Template }
  | { readonly task: 'vReg' | 'vOc'; readonly valence: Template }
  /** Labels among `labels`; an empty list stands for neutral. */
  | { readonly task: 'eC'; readonly emotions: LabelList; readonly labels: readonly string[] }
  | { readonly task: 'eri'; readonly reason: Template; readonly emotions: LabelList }
  | {
      readonly task: 'erg';
      readonly eventScenario: Template;
      readonly speakerEmotion: Template;
      readonly emotionCause: Template;
      readonly goalToResponse: Template;
      readonly response: Template;
    };

/**
 * Where a list of labels stands: in one field (`[happy, 'proud']`, a JSON array), in one as numbers into `names`, or in
 * columns of which those that are not zero count.
 */
export type LabelList =
  | { readonly list: Template; readonly names?: readonly string[] }
  | { readonly columns: readonly string[] };

/** One way in which a data set lies on disk. */
export interface CorpusLayout {
  /** How it looks, in a line; shown when nothing of the kind is found. */
  readonly expects: string;
  readonly files: readonly AnnotationFiles[];
  readonly joins?: readonly Join[];
  /** Field that holds the records proper: an array, or an object whose keys become `$key`. The outer record is `$parent`. */
  readonly expand?: string;
  /** Further fields where a template cannot say it. Pure; `undefined` marks a record of the wrong shape. */
  readonly derive?: (fields: Fields) => Fields | undefined;
  /** Reads the split from a field; `otherwise` is the name of all others, without it they are bad. */
  readonly split?: {
    readonly value: Template;
    readonly names: Readonly<Record<string, string>>;
    readonly otherwise?: string;
  };
  /** The field `$split` holds the split. */
  readonly id: Template;
  readonly subtitle?: Template;
  readonly speaker?: Template;
  readonly dialogue?: (fields: Fields) => Dialogue | undefined;
  readonly media?: MediaTemplates;
  readonly targets: readonly TargetRule[];
}

/** A data set as data: everything a reader has to know about it. */
export interface Corpus {
  readonly name: string;
  readonly title: string;
  /** Splits a row can have. */
  readonly splits: readonly string[];
  /** What its owners allow, in a few words; theirs is the text that counts. */
  readonly licence: string;
  readonly modalityMode: ModalityMode;
  readonly candidates?: readonly string[];
  /** Tried in order; the first that fits is read. */
  readonly layouts: readonly CorpusLayout[];
}
