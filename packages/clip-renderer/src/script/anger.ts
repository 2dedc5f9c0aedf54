import type { EmotionGrammar } from './situation';

export const anger: EmotionGrammar = {
  openers: ['', '', '', 'No!', 'Hey!', 'Seriously,', 'Listen,'],
  goals: [
    'take the complaint seriously and calm the speaker',
    'acknowledge the unfairness and look for a next step',
    'let the speaker be heard before offering help',
  ],
  words: [
    ['annoyed', 'irritated', 'frustrated'],
    ['angry', 'mad', 'upset'],
    ['furious', 'enraged', 'outraged'],
  ],
  situations: [
    {
      topic: 'neighbour',
      slots: {
        noise: ['drill', 'trumpet', 'dog', 'party', 'hammer'],
        hour: ['midnight', 'three in the morning', 'six on Sunday'],
      },
      lines: [
        ['I heard that awful {noise} at {hour} again, I have had enough!', 'complain'],
        ['Stop the {noise} at {hour}, or I will call the police!', 'prevent'],
        ['You have no respect, a {noise} at {hour} is not normal!', 'criticize'],
      ],
      scenario: 'A neighbour makes noise ({noise}) at {hour}.',
      cause: 'there is noise from a {noise} at {hour}',
      responses: [
        'No wonder you are angry, nobody can rest with that at {hour}.',
        'That is really unfair to you. Shall we think about how to raise it with them?',
      ],
    },
    {
      topic: 'work',
      slots: {
        boss: ['my boss', 'the manager', 'that client', 'the director'],
        thing: ['report', 'design', 'idea', 'plan'],
      },
      lines: [
        ['I wrote the whole {thing} and {boss} took the credit!', 'complain'],
        ['I told {boss} that I will not change the {thing} again!', 'oppose'],
        ['The {thing} was ready, and {boss} threw it away, how dare they!', 'criticize'],
        ['I am leaving, {boss} ruined my {thing} for the last time!', 'leave'],
      ],
      scenario: 'There is a conflict with {boss} about a {thing}.',
      cause: 'the {thing} led to a conflict with {boss}',
      responses: [
        'You put your work into that {thing}, of course you are furious.',
        'That was not fair of {boss}. What would you like to happen now?',
      ],
    },
    {
      topic: 'promise',
      slots: {
        name: ['Paul', 'Nora', 'Victor', 'Julia', 'Hassan'],
        thing: ['clean the kitchen', 'pay me back', 'pick up the kids', 'fix the car'],
      },
      lines: [
        ['{name}, you promised to {thing}, and you lied to me again!', 'criticize'],
        ['I asked {name} ten times to {thing}, and nothing happens!', 'complain'],
        ['Oh great, {name}, you were going to {thing}, what a hero you are!', 'taunt'],
      ],
      scenario: '{name} did not {thing}, although it was agreed.',
      cause: '{name} did not {thing}',
      responses: [
        'Broken promises wear you down. It is fair to expect {name} to {thing}.',
        'I understand your anger. Shall we find a calm moment to tell {name} what it costs you?',
      ],
    },
    {
      topic: 'service',
      slots: {
        item: ['phone', 'washing machine', 'laptop', 'bicycle', 'oven'],
        wait: ['two hours', 'three weeks', 'a whole month'],
      },
      lines: [
        ['I waited {wait} and the {item} is still broken!', 'complain'],
        ['This is the worst shop ever, {wait} for a broken {item}!', 'criticize'],
        ['Never buy an {item} or anything else here, I lost {wait}!', 'advise'],
      ],
      scenario: 'The speaker waited {wait} and has trouble with the {item}.',
      cause: 'the {item} is a problem after {wait} of waiting',
      responses: [
        '{wait} is far too long, I would be angry as well.',
        'That is poor service. Shall we write down what they owe you for the {item}?',
      ],
    },
    {
      topic: 'traffic',
      slots: {
        vehicle: ['van', 'bus', 'truck', 'taxi', 'car'],
        place: ['the crossing', 'the school', 'the bridge', 'our street'],
      },
      lines: [
        ['That {vehicle} nearly hit my child at {place}, are you blind?', 'criticize'],
        ['Get that {vehicle} away from {place} right now!', 'prevent'],
        ['Every day a {vehicle} blocks {place} and nobody does anything!', 'complain'],
      ],
      scenario: 'A {vehicle} causes trouble at {place}.',
      cause: 'a {vehicle} caused trouble at {place}',
      responses: [
        'That is dangerous and you are right to be angry. Is everyone all right?',
        'Something has to change at {place}. I will help you report that {vehicle}.',
      ],
    },
    {
      topic: 'fairness',
      slots: {
        group: ['my sister', 'the new girl', 'my team mate', 'your friend'],
        thing: ['the prize', 'the money', 'the best room', 'all the praise'],
      },
      lines: [
        ['Why does {group} get {thing} when I did all the work?', 'complain'],
        ['I do not agree, giving {group} {thing} is totally unfair!', 'oppose'],
        ['Fine, give {group} {thing}, you always do anyway!', 'taunt'],
      ],
      scenario: 'The speaker finds it unfair that {group} gets {thing}.',
      cause: '{group} gets {thing}',
      responses: [
        'It hurts to be passed over. Your work counts too.',
        'I see why that feels unfair. What would have been right in your eyes?',
      ],
    },
    {
      topic: 'privacy',
      slots: {
        thing: ['diary', 'messages', 'letters', 'notebook'],
        who: ['my brother', 'my flat mate', 'my mother', 'my colleague'],
      },
      lines: [
        ['I found {who} reading my {thing}, keep your hands off!', 'prevent'],
        ['How dare {who} open my {thing} behind my back!', 'criticize'],
        ['This is the third time that {who} went through my {thing}!', 'complain'],
      ],
      scenario: '{who} looked into the {thing} of the speaker.',
      cause: '{who} looked into the {thing}',
      responses: [
        'Your {thing} is private, that crossed a line.',
        'Of course you are angry, your trust was hurt. Do you want to think through what to say?',
      ],
    },
  ],
};
