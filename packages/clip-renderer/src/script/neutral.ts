import type { EmotionGrammar } from './situation';

export const neutral: EmotionGrammar = {
  openers: ['', '', '', 'Well,', 'So,', 'Right,'],
  goals: [
    'listen and answer plainly',
    'confirm the information and offer help if needed',
    'keep the talk going in a friendly way',
  ],
  words: [['neutral', 'calm', 'matter-of-fact']],
  situations: [
    {
      topic: 'schedule',
      slots: {
        event: ['meeting', 'lesson', 'training', 'appointment', 'call'],
        time: ['nine', 'half past two', 'noon', 'four', 'seven in the evening'],
      },
      lines: [
        ['The {event} starts at {time} in the second room.', 'inform'],
        ['Let us move the {event} to {time}.', 'arrange'],
        ['I agree, {time} is a good time for the {event}.', 'agree'],
      ],
      scenario: 'The speaker talks about the time of a {event}: {time}.',
      cause: 'the {event} is at {time}',
      responses: ['Thank you, I have noted the {event} at {time}.', '{time} works for me as well.'],
    },
    {
      topic: 'travel',
      slots: { city: ['Hamburg', 'Vienna', 'Madrid', 'Leeds', 'Basel'], platform: ['two', 'five', 'seven', 'nine'] },
      lines: [
        ['The train to {city} leaves from platform {platform}.', 'inform'],
        ['You should take the {city} train from platform {platform}.', 'advise'],
        ['I am going now, my train to {city} is on platform {platform}.', 'leave'],
      ],
      scenario: 'The speaker talks about the train to {city} on platform {platform}.',
      cause: 'the train to {city} is on platform {platform}',
      responses: ['Platform {platform} for {city}, thank you.', 'Good to know, have a pleasant trip to {city}.'],
    },
    {
      topic: 'weather',
      slots: { day: ['today', 'tomorrow', 'on Sunday', 'this week'], sky: ['cloudy', 'dry', 'rainy', 'windy', 'mild'] },
      lines: [
        ['It will be {sky} {day}, with ten degrees.', 'inform'],
        ['Take a jacket, it will be {sky} {day}.', 'advise'],
        ['Yes, they say it is going to be {sky} {day}.', 'agree'],
      ],
      scenario: 'The speaker says that the weather will be {sky} {day}.',
      cause: 'the forecast for {day} is {sky}',
      responses: ['Thank you, I will plan for {sky} weather.', 'Good to know what it will be like {day}.'],
    },
    {
      topic: 'shopping',
      slots: {
        food: ['bread', 'rice', 'apples', 'coffee', 'eggs', 'pasta'],
        shop: ['the market', 'the corner shop', 'the supermarket'],
      },
      lines: [
        ['I will buy {food} at {shop} on my way home.', 'inform'],
        ['Could you bring {food} from {shop}?', 'ask for help'],
        ['We can meet at {shop} and get {food}.', 'arrange'],
      ],
      scenario: 'It is about getting {food} from {shop}.',
      cause: '{food} is needed from {shop}',
      responses: ['Fine, {food} from {shop}. Is there anything else?', 'All right, I can help with the {food}.'],
    },
    {
      topic: 'office',
      slots: {
        item: ['printer', 'report', 'key', 'form', 'projector'],
        place: ['on the desk', 'in the hall', 'on the second floor', 'by the window'],
      },
      lines: [
        ['The {item} is {place}, next to the door.', 'inform'],
        ['Please put the {item} {place} when you are done.', 'arrange'],
        ['Can you help me find the {item}, it should be {place}?', 'ask for help'],
      ],
      scenario: 'The speaker talks about the {item} {place}.',
      cause: 'the {item} belongs {place}',
      responses: ['Understood, the {item} goes {place}.', 'Thank you, I will look {place}.'],
    },
    {
      topic: 'people',
      slots: {
        name: ['Miller', 'Chen', 'Garcia', 'Novak', 'Okafor'],
        job: ['our new accountant', 'the building manager', 'the maths teacher', 'a colleague from sales'],
      },
      lines: [
        ['This is {name}, {job}.', 'introduce'],
        ['Good morning, my name is {name}, I am {job}.', 'introduce'],
        ['Hello, are you {name}, {job}?', 'greet'],
      ],
      scenario: 'Someone is named: {name}, {job}.',
      cause: 'people are being introduced',
      responses: ['Nice to meet you. How can I help?', 'Hello, thank you for the introduction.'],
    },
    {
      topic: 'recipe',
      slots: { dish: ['soup', 'bread', 'rice', 'sauce', 'tea'], time: ['five', 'ten', 'twenty', 'forty'] },
      lines: [
        ['The {dish} needs about {time} minutes.', 'inform'],
        ['Leave the {dish} for {time} minutes before you serve it.', 'advise'],
        ['Do not open the lid, the {dish} takes {time} minutes.', 'prevent'],
      ],
      scenario: 'The speaker explains that the {dish} takes {time} minutes.',
      cause: 'the {dish} takes {time} minutes',
      responses: ['Thank you, I will set a timer for {time} minutes.', '{time} minutes for the {dish}, understood.'],
    },
  ],
};
