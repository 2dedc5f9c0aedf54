import type { EmotionGrammar } from './situation';

export const disgust: EmotionGrammar = {
  openers: ['', '', 'Ugh,', 'Eww,', 'Ugh!', 'Oh no,'],
  goals: [
    'agree that it is unpleasant and help to get rid of it',
    'show understanding and offer a practical way out',
    'take the disgust seriously and lighten the moment',
  ],
  words: [
    ['put off', 'uncomfortable', 'averse'],
    ['disgusted', 'repelled', 'grossed out'],
    ['revolted', 'sickened', 'appalled'],
  ],
  situations: [
    {
      topic: 'food',
      slots: {
        food: ['milk', 'soup', 'fish', 'cheese', 'salad', 'meat'],
        thing: ['a hair', 'a fly', 'mould', 'a worm', 'slime'],
      },
      lines: [
        ['There is {thing} in my {food}, take it away!', 'complain'],
        ['Do not eat that {food}, I saw {thing} in it.', 'prevent'],
        ['How can they serve {food} with {thing} in it?', 'criticize'],
      ],
      scenario: 'The speaker found {thing} in the {food}.',
      cause: '{thing} was in the {food}',
      responses: [
        'That is revolting, anyone would lose their appetite. Let us send it back.',
        'Oh no, {thing} in the {food}! Can I get you something fresh?',
      ],
    },
    {
      topic: 'kitchen',
      slots: {
        place: ['sink', 'fridge', 'bin', 'oven', 'bathroom'],
        smell: ['rotten eggs', 'old fish', 'wet dog', 'sour milk'],
      },
      lines: [
        ['The {place} smells of {smell}, I feel sick.', 'complain'],
        ['Who left the {place} like this, it stinks of {smell}!', 'criticize'],
        ['I am going out, the {place} smells like {smell}.', 'leave'],
        ['You should clean that {place}, it smells of {smell}.', 'advise'],
      ],
      scenario: 'The {place} smells of {smell}.',
      cause: 'the {place} smells of {smell}',
      responses: [
        'That smell would turn my stomach too. Let us open a window and clean the {place} together.',
        'No wonder you feel sick. Take some fresh air, I will look at the {place}.',
      ],
    },
    {
      topic: 'hotel',
      slots: { room: ['bed', 'shower', 'carpet', 'towel'], thing: ['bugs', 'stains', 'insects', 'dark spots'] },
      lines: [
        ['Look at the {room}, there are {thing} all over it.', 'complain'],
        ['I will not touch that {room}, it is full of {thing}.', 'oppose'],
        ['Never stay at this hotel, I found {thing} on the {room}.', 'advise'],
      ],
      scenario: 'There are {thing} on the {room} of a hotel.',
      cause: '{thing} were on the {room}',
      responses: [
        'Nobody should have to sleep next to that. Shall we ask for another room?',
        'How nasty, you were right not to touch it.',
      ],
    },
    {
      topic: 'street',
      slots: {
        animal: ['rat', 'pigeon', 'cockroach', 'slug'],
        place: ['on the stairs', 'under my desk', 'in the kitchen', 'by the door'],
      },
      lines: [
        ['There is a dead {animal} {place}, I cannot look at it.', 'inform'],
        ['Can somebody please remove that {animal} {place}?', 'ask for help'],
        ['I nearly stepped on a {animal} {place}, it was so gross.', 'inform'],
      ],
      scenario: 'There is a {animal} {place}.',
      cause: 'there was a {animal} {place}',
      responses: [
        'How unpleasant! I will take care of the {animal}, you need not look.',
        'I would have shuddered too. Shall we call someone to clean up {place}?',
      ],
    },
    {
      topic: 'manners',
      slots: {
        who: ['this man', 'my flat mate', 'the guy next to me', 'my uncle'],
        act: [
          'spits on the floor',
          'chews with his mouth open',
          'cuts his nails at the table',
          'never washes his hands',
        ],
      },
      lines: [
        ['I saw that {who} {act}, it makes me ill.', 'criticize'],
        ['Please swap seats with me, {who} {act}.', 'ask for help'],
        ['I heard you say it and I agree, it is vile that {who} {act}.', 'agree'],
      ],
      scenario: 'The speaker is put off because {who} {act}.',
      cause: '{who} {act}',
      responses: [
        'That is really unpleasant to sit through. Come over here with me.',
        'I understand, some habits are hard to bear. Shall I say something politely?',
      ],
    },
    {
      topic: 'morals',
      slots: {
        who: ['this politician', 'the company', 'the old boss', 'this man'],
        act: ['lied to sick people', 'laughed at the poor', 'stole from children', 'was cruel to animals'],
      },
      lines: [
        ['It makes me sick that {who} {act}.', 'criticize'],
        ['I want nothing to do with this, {who} {act}.', 'oppose'],
        ['Bravo, {who} {act}, what a role model.', 'taunt'],
      ],
      scenario: 'The speaker has learned that {who} {act}.',
      cause: '{who} {act}',
      responses: [
        'That is shameful. Your reaction shows that you care about what is right.',
        'I feel the same, people who do that lose all respect.',
      ],
    },
    {
      topic: 'pet mess',
      slots: { pet: ['dog', 'cat', 'puppy'], item: ['carpet', 'sofa', 'pillow', 'shoe', 'coat'] },
      lines: [
        ['The {pet} threw up on my {item}, it is everywhere.', 'complain'],
        ['I cannot clean this, the {pet} was sick on the {item}, please help me.', 'ask for help'],
        ['Keep the {pet} away from my {item}, it is covered in drool.', 'prevent'],
      ],
      scenario: 'The {pet} soiled a {item}.',
      cause: 'the {pet} soiled the {item}',
      responses: [
        'What a mess! Let me get a bucket, we will save the {item}.',
        'Oh dear, that is nasty. Step outside for a moment, I will start on the {item}.',
      ],
    },
  ],
};
