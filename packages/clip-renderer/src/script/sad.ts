import type { EmotionGrammar } from './situation';

export const sad: EmotionGrammar = {
  openers: ['', '', '', 'Oh,', 'Honestly,', 'Well,'],
  goals: [
    'comfort the speaker and stay close',
    'make room for the grief without hurrying it',
    'show that the speaker is not alone',
  ],
  words: [
    ['down', 'wistful', 'disappointed'],
    ['sad', 'unhappy', 'sorrowful'],
    ['heartbroken', 'grieving', 'miserable', 'devastated'],
  ],
  situations: [
    {
      topic: 'pet',
      slots: {
        pet: ['dog', 'cat', 'rabbit', 'horse', 'parrot'],
        when: ['last night', 'this morning', 'on Monday', 'yesterday'],
      },
      lines: [
        ['Our old {pet} died {when}, and the house is so quiet.', 'inform'],
        ['We lost our {pet} {when} and I still look for him everywhere.', 'inform'],
        ['I should have seen that my {pet} was ill, he died {when} and I am so sorry.', 'apologise'],
      ],
      scenario: 'The {pet} of the speaker died {when}.',
      cause: 'the {pet} died',
      responses: [
        'I am so sorry about your {pet}, he was part of the family.',
        'Losing a {pet} leaves such a silence. I am here if you want to talk.',
        'You gave your {pet} a loving home, please be gentle with yourself.',
      ],
    },
    {
      topic: 'exam',
      slots: { subject: ['maths', 'law', 'driving', 'music', 'physics', 'French'] },
      lines: [
        ['I failed the {subject} exam again, and I really tried.', 'inform'],
        ['All those months, and I still failed {subject}.', 'complain'],
        ['I failed {subject}, can you please help me study?', 'ask for help'],
      ],
      scenario: 'The speaker has failed {subject}.',
      cause: 'the {subject} exam was failed',
      responses: [
        'I am sorry, you put so much into {subject}. One exam does not say who you are.',
        'That hurts after so much work. Shall we look at {subject} together when you are ready?',
      ],
    },
    {
      topic: 'friendship',
      slots: { friend: ['Lea', 'Jonas', 'Maria', 'Kofi', 'Ella', 'Nina'] },
      lines: [
        ['{friend} moved away and nobody calls me any more.', 'complain'],
        ['I miss {friend} so much, the evenings are empty now.', 'inform'],
        ['I never told {friend} how sorry I was, and now it is too late.', 'apologise'],
        ['I have to leave now, without {friend} I do not enjoy the party.', 'leave'],
      ],
      scenario: 'The speaker misses {friend}.',
      cause: '{friend} is no longer there',
      responses: [
        'Missing {friend} shows how much you cared. I am here to listen.',
        'Those empty hours without {friend} must be hard, would you like some company tonight?',
      ],
    },
    {
      topic: 'illness',
      slots: {
        who: ['grandma', 'grandpa', 'father', 'mother', 'aunt'],
        state: ['does not know my name', 'is in hospital again', 'cannot walk any more', 'grows weaker'],
      },
      lines: [
        ['My {who} {state}, and there is nothing I can do.', 'inform'],
        ['Please sit with me for a while, my {who} {state}.', 'ask for help'],
        ['Everyone should visit more often, my {who} {state}.', 'advise'],
      ],
      scenario: 'The {who} of the speaker {state}.',
      cause: 'the {who} of the speaker {state}',
      responses: [
        'That is so hard to watch. Your {who} is lucky to have you near.',
        'I am sorry about your {who}. Tell me about the good days, if you like.',
      ],
    },
    {
      topic: 'work',
      slots: { place: ['bakery', 'office', 'factory', 'theatre', 'shop'], years: ['five', 'ten', 'twelve', 'twenty'] },
      lines: [
        ['The {place} let me go after {years} years.', 'inform'],
        ['After {years} years they closed the {place}, and I have to say goodbye.', 'leave'],
        ['{years} years at the {place}, and nobody even said thank you.', 'complain'],
      ],
      scenario: 'After {years} years the time of the speaker at the {place} is over.',
      cause: 'the work at the {place} has ended',
      responses: [
        '{years} years is a big part of a life, I am sorry it ended like this.',
        'You gave so much to that {place}. It is all right to mourn it.',
      ],
    },
    {
      topic: 'holiday',
      slots: {
        event: ['my birthday', 'the holidays', 'new year', 'the weekend'],
        who: ['my children', 'my parents', 'my friends', 'my brother'],
      },
      lines: [
        ['I spent {event} alone because {who} could not come.', 'inform'],
        ['It is {event}, and {who} forgot to call me.', 'complain'],
        ['Do not plan anything for {event}, without {who} I cannot bear it.', 'prevent'],
      ],
      scenario: 'The speaker is alone on {event}, without {who}.',
      cause: '{who} were missing on {event}',
      responses: [
        'Being alone on {event} hurts. I am glad that you told me.',
        'I would have loved to keep you company on {event}, shall we talk now?',
      ],
    },
    {
      topic: 'breakup',
      slots: {
        time: ['three years', 'ten years', 'one summer', 'so long'],
        place: ['the station', 'our cafe', 'the kitchen table'],
      },
      lines: [
        ['After {time} together it was over, just like that, at {place}.', 'inform'],
        ['You are right, {time} ended at {place} and I must let go.', 'agree'],
        ['We were a couple for {time}, and I still cry when I see {place}.', 'inform'],
      ],
      scenario: 'A relationship of {time} has ended.',
      cause: 'the relationship of {time} is over',
      responses: [
        'I am so sorry. {time} leaves deep traces, take all the time you need.',
        'A goodbye like that is heavy. You do not have to be strong with me.',
      ],
    },
    {
      topic: 'comforting',
      slots: {
        name: ['Tim', 'Rosa', 'Emil', 'Zoe', 'Ali'],
        loss: ['lost his home', 'buried his father', 'lost the baby', 'has to stay behind'],
      },
      lines: [
        ['I am here with you, {name}, it breaks my heart that your friend {loss}.', 'comfort'],
        ['Take care of yourself, {name}, it makes me cry that your friend {loss}.', 'care'],
      ],
      scenario: 'The speaker comforts {name}, whose friend {loss}.',
      cause: 'the friend of {name} {loss}',
      responses: [
        'It is kind of you to be there for {name}, and it is all right that it hurts you too.',
        'You carry {name} through this, who carries you? I am here.',
      ],
    },
  ],
};
