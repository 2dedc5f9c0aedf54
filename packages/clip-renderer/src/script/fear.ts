import type { EmotionGrammar } from './situation';

export const fear: EmotionGrammar = {
  openers: ['', '', '', 'Oh no,', 'Please,', 'Wait,'],
  goals: [
    'make the speaker feel safe',
    'calm the speaker and think of the next step together',
    'stay with the speaker until the fear is less',
  ],
  words: [
    ['worried', 'nervous', 'uneasy'],
    ['afraid', 'scared', 'anxious'],
    ['terrified', 'panicked', 'horrified'],
  ],
  situations: [
    {
      topic: 'night',
      slots: {
        place: ['the cellar', 'the garden', 'the attic', 'the hall', 'the garage'],
        sound: ['a strange voice', 'a knocking sound', 'a scratching noise', 'heavy breathing'],
      },
      lines: [
        ['I hear {sound} in {place}, and I am alone at home.', 'inform'],
        ['Do not go in there, I heard {sound} from {place}!', 'prevent'],
        ['Can you come quickly, there is {sound} in {place}!', 'ask for help'],
      ],
      scenario: 'The speaker hears {sound} from {place}.',
      cause: '{sound} came from {place}',
      responses: [
        'That would frighten anyone. Stay on the line, I am with you.',
        'You did right to tell me. Lock your door, and we will look into {place} together.',
      ],
    },
    {
      topic: 'exam',
      slots: {
        subject: ['maths', 'medicine', 'driving', 'history', 'piano'],
        when: ['tomorrow', 'in an hour', 'on Friday', 'tonight'],
      },
      lines: [
        ['My {subject} exam is {when} and I cannot remember anything.', 'inform'],
        ['I need your help, the {subject} exam is {when} and my hands are shaking.', 'ask for help'],
        ['I keep thinking I will fail the {subject} exam {when}.', 'inform'],
      ],
      scenario: 'The {subject} exam of the speaker is {when}.',
      cause: 'the {subject} exam is {when}',
      responses: [
        'Nerves before an exam are normal. Breathe slowly, you know more {subject} than you feel now.',
        'Let us go through one easy {subject} question together, step by step.',
      ],
    },
    {
      topic: 'health',
      slots: {
        part: ['heart', 'lung', 'head', 'back', 'chest'],
        thing: ['the test results', 'the operation', 'the scan', 'the doctor'],
      },
      lines: [
        ['I am so scared of {thing}, it is about my {part}.', 'inform'],
        ['What if {thing} shows that my {part} is really ill?', 'inform'],
        ['Please hold my hand, it is about my {part} and I fear {thing}.', 'ask for help'],
      ],
      scenario: 'The speaker fears {thing}; it is about the {part}.',
      cause: '{thing} may bring bad news about the {part}',
      responses: [
        'Waiting is the hardest part. I am holding your hand, whatever {thing} brings.',
        'It makes sense to be afraid. We will face {thing} together.',
      ],
    },
    {
      topic: 'storm',
      slots: {
        danger: ['storm', 'flood', 'fire', 'lightning'],
        place: ['the bridge', 'the village', 'our street', 'the school'],
      },
      lines: [
        ['The {danger} is coming closer, it has already reached {place}!', 'inform'],
        ['Get away from {place}, the {danger} is almost here!', 'prevent'],
        ['We must leave at once, the {danger} is at {place}!', 'leave'],
      ],
      scenario: 'A {danger} is near {place}.',
      cause: 'the {danger} is near {place}',
      responses: [
        'That is frightening. Get to a safe place first, I will stay in touch.',
        'You are right to be careful with that {danger}. Who is with you now?',
      ],
    },
    {
      topic: 'child',
      slots: {
        who: ['my son', 'my daughter', 'my little brother', 'our baby'],
        place: ['the station', 'the market', 'the beach', 'the park'],
      },
      lines: [
        ['I cannot find {who}, we were at {place} a minute ago!', 'inform'],
        ['Help me, {who} is lost at {place}!', 'ask for help'],
        ['Be careful with {who} at {place}, I have a terrible feeling.', 'care'],
      ],
      scenario: 'The speaker fears for {who} at {place}.',
      cause: '{who} may be in danger at {place}',
      responses: [
        'I am coming right away, we will find a way to keep {who} safe.',
        'Take one breath, then tell me where at {place} it was. You are not alone.',
      ],
    },
    {
      topic: 'heights',
      slots: { thing: ['ladder', 'plane', 'cable car', 'balcony', 'lift'] },
      lines: [
        ['I cannot go on, this {thing} is shaking so much!', 'oppose'],
        ['Do not make me go near that {thing}, my knees are weak.', 'oppose'],
        ['Did you feel that, the {thing} just moved!', 'inform'],
      ],
      scenario: 'The speaker is afraid of a {thing}.',
      cause: 'the {thing} does not feel safe',
      responses: [
        'You do not have to use that {thing} now. Look at me and breathe.',
        'Many people feel like this. We go at your pace.',
      ],
    },
    {
      topic: 'debt',
      slots: { bill: ['rent', 'loan', 'repair', 'tax bill'], when: ['tomorrow', 'this week', 'on Monday'] },
      lines: [
        ['I must pay the {bill} {when}, and there is no money left.', 'inform'],
        ['If I cannot pay the {bill} {when}, we will lose everything.', 'inform'],
        ['I am so sorry to ask, could you help me with the {bill} {when}?', 'ask for help'],
      ],
      scenario: 'The speaker must pay the {bill} {when}.',
      cause: 'the {bill} is due {when}',
      responses: [
        'That pressure is frightening. Let us list the options for the {bill} together.',
        'Thank you for trusting me. First we find out who can give you more time.',
      ],
    },
    {
      topic: 'followed',
      slots: {
        who: ['a man', 'somebody', 'a stranger', 'a grey car'],
        place: ['from the station', 'through the park', 'to my door', 'along the road'],
      },
      lines: [
        ['{who} has been following me {place}.', 'inform'],
        ['{who} followed me {place}, please stay on the phone!', 'ask for help'],
        ['Do not open, {who} followed me {place}!', 'prevent'],
      ],
      scenario: '{who} followed the speaker {place}.',
      cause: '{who} followed the speaker {place}',
      responses: [
        'I stay on the phone. Go where there are people, and we call the police.',
        'Trust your feeling. Tell me where you are, I am with you.',
      ],
    },
  ],
};
