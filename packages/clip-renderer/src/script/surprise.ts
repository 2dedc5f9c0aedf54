import type { EmotionGrammar } from './situation';

export const surprise: EmotionGrammar = {
  openers: ['', 'Wow,', 'Oh!', 'What?', 'Whoa,', 'No way,', 'Oh my,'],
  goals: [
    'share the amazement and ask what happened',
    'help the speaker take in the news',
    'show curiosity and let the speaker tell more',
  ],
  words: [
    ['startled', 'puzzled', 'intrigued'],
    ['surprised', 'amazed', 'astonished'],
    ['stunned', 'shocked', 'speechless'],
  ],
  situations: [
    {
      topic: 'party',
      slots: {
        who: ['all my friends', 'the whole team', 'my parents', 'my old class'],
        place: ['my kitchen', 'the garden', 'the office', 'our flat'],
      },
      lines: [
        ['I opened the door and {who} stood in {place}!', 'inform'],
        ['You hid {who} in {place}, and I had no idea, thank you!', 'thank'],
        ['How did you get {who} into {place} without me seeing it?', 'praise'],
      ],
      scenario: 'The speaker found {who} waiting in {place}.',
      cause: '{who} were in {place} without any warning',
      valence: 0.7,
      responses: [
        'What a moment, {who} in {place}! I would love to have seen your face.',
        'They must like you a lot to plan that in secret!',
      ],
    },
    {
      topic: 'lottery',
      slots: {
        prize: ['a car', 'a trip', 'ten thousand euros', 'a piano', 'a house'],
        from: ['the raffle', 'the lottery', 'a radio show', 'a crossword'],
      },
      lines: [
        ['I never win anything, and now I got {prize} from {from}!', 'inform'],
        ['They just called, I won {prize} in {from}, can you believe it?', 'flaunt'],
      ],
      scenario: 'The speaker won {prize} in {from}.',
      cause: 'the speaker won {prize} without expecting it',
      valence: 0.8,
      responses: [
        'You won {prize}? That is incredible, take a moment to let it sink in!',
        'Unbelievable luck! What was your first thought?',
      ],
    },
    {
      topic: 'meeting',
      slots: {
        name: ['Laura', 'Mister Brown', 'Peter', 'Yuki', 'your cousin'],
        place: ['at the airport', 'in the mountains', 'on the train', 'in a tiny shop'],
      },
      lines: [
        ['I met {name} {place} after twenty years!', 'inform'],
        ['{name}, is that really you, here {place}?', 'greet'],
        ['You will never guess who I saw {place}, it was {name}!', 'inform'],
      ],
      scenario: 'The speaker ran into {name} {place}.',
      cause: '{name} appeared {place} out of nowhere',
      valence: 0.5,
      responses: [
        'What a coincidence to meet {name} {place}! What did you talk about?',
        'Of all places! You must have been speechless.',
      ],
    },
    {
      topic: 'news',
      slots: {
        who: ['my sister', 'my boss', 'our teacher', 'my neighbour'],
        news: ['is moving to Australia', 'was a famous singer', 'speaks nine languages', 'got married in secret'],
      },
      lines: [
        ['{who} {news}, I had absolutely no idea!', 'inform'],
        ['Did you know that {who} {news}?', 'inform'],
        ['{who} {news}, are you joking?', 'joke'],
      ],
      scenario: 'The speaker has just learned: {who} {news}.',
      cause: '{who} {news}',
      valence: 0.2,
      responses: [
        'I did not see that coming either! How did you find out?',
        'That takes a moment to take in. What do you make of it?',
      ],
    },
    {
      topic: 'nature',
      slots: {
        animal: ['deer', 'fox', 'swan', 'bear', 'whale'],
        place: ['in our garden', 'in front of the car', 'next to my tent', 'beside the boat'],
      },
      lines: [
        ['Suddenly a {animal} stood {place}, I could not move!', 'inform'],
        ['Look, there is a {animal} {place}!', 'inform'],
        ['Stop, do not move, there is a {animal} {place}!', 'prevent'],
      ],
      scenario: 'A {animal} suddenly appeared {place}.',
      cause: 'a {animal} appeared {place}',
      valence: 0.25,
      responses: [
        'A {animal} {place}, what a sight! Were you close?',
        'I would have frozen as well, what an encounter.',
      ],
    },
    {
      topic: 'price',
      slots: {
        item: ['coffee', 'painting', 'bicycle', 'concert ticket', 'jacket'],
        price: ['nine hundred euros', 'only one euro', 'three times as much', 'ten times as much'],
      },
      lines: [
        ['This {item} costs {price}, that cannot be right!', 'oppose'],
        ['They want {price} for the {item}, did I read that right?', 'inform'],
        ['I asked about the {item}, and they said {price}!', 'inform'],
      ],
      scenario: 'The price of a {item} is {price}.',
      cause: 'the {item} costs {price}',
      valence: 0,
      responses: [
        '{price} for a {item}? I would have looked twice as well.',
        'That is quite a number, did you ask why?',
      ],
    },
    {
      topic: 'broken',
      slots: {
        item: ['roof', 'window', 'tree', 'wall'],
        when: ['overnight', 'just now', 'while I slept', 'in one second'],
      },
      lines: [
        ['The whole {item} came down {when}, I did not hear a thing coming!', 'inform'],
        ['What happened here, the {item} fell {when}!', 'inform'],
        ['Come and help, the {item} fell down {when}!', 'ask for help'],
      ],
      scenario: 'A {item} came down {when}.',
      cause: 'the {item} came down without warning',
      valence: -0.4,
      responses: [
        'What a shock! Are you all right?',
        'Out of nowhere, the whole {item}! Step back first, then we will look at it.',
      ],
    },
  ],
};
