/** The engine's training step in a process of its own, so that its memory is its own. argv[2]: folder of the problem. */
import type { EmotionModelConfig } from 'nano-emox';
import { serveSteps } from '../measure/serve-steps';
import { openEngineStep } from '../training/engine-step';
import { readProblem } from '../training/stored-problem';
import { emotionGraph } from './emotion-problem';

const { problem, weights, batch } = await readProblem<EmotionModelConfig>(process.argv[2] as string);
const trained = new Set(problem.groups.flatMap(({ names }) => names));
const graph = emotionGraph(problem.config);
const isTrained = (name: string) => trained.has(name);
await serveSteps(await openEngineStep({ graph, weights, batch, threads: problem.threads, isTrained }));
