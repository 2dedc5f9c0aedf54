import type { EmotionGrammar } from './situation';

export const happy: EmotionGrammar = {
  openers: ['', '', 'Yay!', 'Oh,', 'Ha ha,', 'Wow,', 'Yes!'],
  goals: [
    'share the joy and celebrate with the speaker',
    'show warm interest and let the good moment last',
    'cheer the speaker on',
  ],
  words: [
    ['content', 'pleased', 'glad'],
    ['happy', 'cheerful', 'joyful'],
    ['delighted', 'thrilled', 'excited', 'overjoyed'],
  ],
  situations: [
    {
      topic: 'exam',
      slots: { subject: ['maths', 'chemistry', 'history', 'driving', 'biology', 'piano', 'English'] },
      lines: [
        ['I passed my {subject} exam with the best mark of all.', 'flaunt'],
        ['I just heard that I passed the {subject} exam!', 'inform'],
        ['Thank you for helping me, I passed the {subject} exam!', 'thank'],
      ],
      scenario: 'The speaker has passed a {subject} exam.',
      cause: 'the {subject} exam went well',
      responses: [
        'That is wonderful, all your work for {subject} has paid off!',
        'Congratulations on the {subject} exam, how will you celebrate?',
        'You earned that {subject} result, enjoy it!',
      ],
    },
    {
      topic: 'friend',
      slots: {
        friend: ['Anna', 'Marco', 'Lena', 'Sam', 'Priya', 'Omar', 'Grace'],
        when: ['tonight', 'tomorrow', 'next week', 'on Sunday'],
      },
      lines: [
        ['My best friend {friend} is coming to stay with us {when}.', 'inform'],
        ['{friend} arrives {when}, let us plan a big dinner together.', 'arrange'],
        ['Guess what, {friend} said yes and we will meet {when}!', 'inform'],
      ],
      scenario: 'The speaker will see {friend} {when}.',
      cause: '{friend} is coming {when}',
      responses: [
        'How lovely that you will see {friend} {when}!',
        'Time with {friend} sounds great, what will you two do?',
        'I can hear how much {friend} means to you, have a great time.',
      ],
    },
    {
      topic: 'pet',
      slots: {
        pet: ['puppy', 'kitten', 'rabbit', 'parrot', 'pony'],
        act: ['slept on my lap', 'came when I called', 'learned a new trick', 'gave me a kiss'],
      },
      lines: [
        ['Our new {pet} {act} for the first time today!', 'inform'],
        ['Look, my {pet} {act}, is that not the sweetest thing?', 'flaunt'],
        ['What a good {pet}, it {act} this morning!', 'praise'],
      ],
      scenario: 'The speaker tells what a {pet} did: it {act}.',
      cause: 'the {pet} {act}',
      responses: [
        'How sweet, that {pet} clearly trusts you.',
        'That must have melted your heart! What is the {pet} called?',
        'A little moment like that with a {pet} makes the whole day.',
      ],
    },
    {
      topic: 'work',
      slots: { thing: ['the new job', 'the promotion', 'the internship', 'the scholarship', 'the contract'] },
      lines: [
        ['They called me this morning and I got {thing}!', 'inform'],
        ['I got {thing}, and they picked me out of two hundred people.', 'flaunt'],
        ['I could not have got {thing} without you, thank you so much.', 'thank'],
      ],
      scenario: 'The speaker has been given {thing}.',
      cause: 'the speaker got {thing}',
      responses: [
        'Congratulations, they are lucky to have you!',
        'You got {thing}! I am so happy for you.',
        'What great news, you worked hard for {thing}.',
      ],
    },
    {
      topic: 'weather',
      slots: {
        place: ['the beach', 'the park', 'the lake', 'the garden', 'the river'],
        plan: ['have a picnic', 'play outside', 'swim all day', 'eat ice cream'],
      },
      lines: [
        ['The sun is out, let us go to {place} and {plan}!', 'arrange'],
        ['What a perfect day, we are going to {place} to {plan}.', 'inform'],
        ['Hello everyone, come to {place}, we want to {plan}!', 'greet'],
      ],
      scenario: 'It is a fine day and the speaker wants to {plan} at {place}.',
      cause: 'there is time to {plan} at {place}',
      responses: [
        'That sounds perfect, I hope the sun stays for you.',
        'A day at {place} is a great idea, enjoy it!',
        'Count me in, I would love to {plan} too.',
      ],
    },
    {
      topic: 'food',
      slots: { dish: ['cake', 'soup', 'bread', 'pasta', 'curry', 'apple pie'] },
      lines: [
        ['This {dish} is the best I have ever tasted, well done!', 'praise'],
        ['I made the {dish} all by myself and it turned out perfect.', 'flaunt'],
        ['If I eat one more bite of this {dish} you can roll me home.', 'joke'],
      ],
      scenario: 'The speaker enjoys some {dish}.',
      cause: 'the {dish} is so good',
      responses: [
        'Now I am hungry too, that {dish} must be amazing!',
        'Good food makes a good day, enjoy the {dish}.',
        'I love hearing you enjoy that {dish} so much.',
      ],
    },
    {
      topic: 'family',
      slots: {
        who: ['my sister', 'my brother', 'my daughter', 'my son', 'my cousin'],
        news: ['had a healthy baby', 'is getting married', 'came home at last', 'won the big race'],
      },
      lines: [
        ['{who} {news}, I am so proud!', 'inform'],
        ['{who} {news}, we really must have a party.', 'arrange'],
        ['Well done, {who} {news} today!', 'praise'],
      ],
      scenario: 'There is good news in the family: {who} {news}.',
      cause: '{who} {news}',
      responses: [
        'What joyful news for your whole family!',
        'I can hear how proud you are, please pass on my best wishes.',
        'That calls for a party, how wonderful!',
      ],
    },
    {
      topic: 'travel',
      slots: { city: ['Rome', 'Lisbon', 'Kyoto', 'Paris', 'Cairo', 'Oslo'], length: ['a week', 'ten days', 'a month'] },
      lines: [
        ['We are flying to {city} for {length}, I have dreamed of it for years!', 'inform'],
        ['I booked {city} for {length}, come with me!', 'arrange'],
        ['You were right about {city}, {length} there will be amazing.', 'agree'],
      ],
      scenario: 'The speaker is going to {city} for {length}.',
      cause: 'the trip to {city} comes true',
      responses: [
        '{city} will be wonderful, tell me all about it!',
        'After such a long wait you deserve {length} in {city}.',
        'How exciting, what do you want to see first in {city}?',
      ],
    },
    {
      topic: 'meeting people',
      slots: {
        name: ['Tom', 'Mia', 'Aisha', 'Ben', 'Clara', 'Diego'],
        role: ['new neighbour', 'team mate', 'dance partner', 'best friend from school'],
      },
      lines: [
        ['Everyone, this is {name}, my {role}, you will love each other!', 'introduce'],
        ['Hi, so good to see you, come and meet {name}, my {role}!', 'greet'],
      ],
      scenario: 'The speaker introduces {name}, a {role}.',
      cause: '{name} is here',
      responses: [
        'It is so nice to meet {name}, thank you for bringing us together!',
        'Welcome, {name}! I can see how glad you are to have each other.',
      ],
    },
  ],
};
