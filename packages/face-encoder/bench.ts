import { traceModule, defineModule, initializeWeights, linearLayer, mean, crossEntropy } from '@nano-emox/engine';
import { TrainingSession } from '@nano-emox/engine/training';
import { openOnnxRuntimeNode } from '@nano-emox/engine/onnxruntime-node';
import { u8, i64, f32 } from '@nano-emox/tensor-contract';
import { faceFeaturesModule, presets } from '@nano-emox/face-encoder';
const config = { ...presets.tiny };
const B = 64;
const net = defineModule({ name:'c', inputs:()=>({frames:u8('batch',1,3,112,112), labels:i64('batch')}), outputs:()=>({loss:f32()}), forward({frames,labels},w,c:typeof config){ const {features}=faceFeaturesModule.forward({frames}, w, c); return {loss: crossEntropy(linearLayer(mean(features,[1]), w.scope('head'), 7), labels)}; }});
const g = traceModule(net, config as any);
const w = initializeWeights(g, 1);
console.log([...w.values()].reduce((s,t)=>s+t.data.length,0));
const executor = await openOnnxRuntimeNode({workers:1});
let t=performance.now();
const s = await TrainingSession.open({graph:g, weights:w, executor, groupOf:()=>'all'});
console.log('open', performance.now()-t);
const frames={type:'uint8',dims:[B,1,3,112,112],data:new Uint8Array(B*3*112*112).map((_,i)=>(i*7919)%256)} as const;
const labels={type:'int64',dims:[B],data:BigInt64Array.from({length:B},(_, i)=>BigInt(i%7))} as const;
for(let i=0;i<4;i++){ t=performance.now(); const r=await s.update({frames,labels},{learningRates:{all:1e-3}}); console.log(r.loss, r.gradientNorm, performance.now()-t); }
await s.dispose(); await executor.dispose();
