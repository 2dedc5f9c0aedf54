"""Oracle of the language model: Hugging Face Qwen2 and Llama decoders, peft LoRA, and a byte-level BPE tokenizer.

Regenerate: /path/to/venv/bin/python tooling/oracles/qwen2-lora.py
Writes to packages/lm-lora/src/__fixtures__/: qwen2-lora.safetensors, qwen2-lora-gradients.safetensors, llama.safetensors,
tokenizer.json, tokenizer_config.json, tokenizer-expected.json.

qwen2-lora.safetensors (grouped-query attention 4:2, q/k/v bias, tied head, LoRA r 4, alpha 8 = scale 2, B not zero)
  weights.model.*                        base weights under the names of a published Qwen2 checkpoint; no `lm_head` (tied)
  weights.base_model.model.model.*       LoRA under peft's in-memory names (`…q_proj.lora_A.default.weight`); a saved
                                         adapter has the same names without `.default`
  input.input_ids, input.labels [2, 10]  labels hold -100 where no loss is taken
  output.base_logits                     without LoRA
  output.logits, output.loss             with LoRA; loss = mean of the shifted cross-entropy over labels other than -100
  output.hidden_states.0 … .3            with LoRA: 0 = embeddings, k = output of layer k, the last one AFTER the final norm
  output.last_layer_before_norm          the last layer's output without that norm
  input.padded_ids, input.padded_attention_mask, output.padded_logits   right-padded batch (mask 1 = keep); logits at
                                         padded positions are meaningless and set to 0 here
  input.prompt_ids [1, 6], output.greedy_ids [64]   greedy continuation with LoRA, key-value cache, no end token
  output.greedy_margins [64]             best minus second-best logit at each of those steps
qwen2-lora-gradients.safetensors
  grad.*    gradients of output.loss with respect to every LoRA matrix and every base weight, under the names above; the
            embedding's gradient is the sum of its two uses (lookup and tied head)
llama.safetensors (no bias, untied `lm_head`, rope theta 10000): logits and greedy ids
tokenizer-expected.json: `{ text, ids, tokens, decoded, decodedWithoutSpecial }` per string
"""

import json

import peft
import tokenizers
import torch
import transformers
from peft import LoraConfig, get_peft_model
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM

from common import fixture_path, greedy, prefixed, randomise, save_fixture, seeded_normal, versions

SEED = 20240603
GREEDY_TOKENS = 64
TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
GENERATOR = "tooling/oracles/qwen2-lora.py"
SIZES = dict(hidden_size=32, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2, intermediate_size=48,
             vocab_size=96, max_position_embeddings=128, rms_norm_eps=1e-6, hidden_act="silu")


def random_ids(shape, seed: int) -> torch.Tensor:
    return torch.randint(0, SIZES["vocab_size"], shape, generator=torch.Generator().manual_seed(seed))


def hidden_states(run, decoder):
    """Every residual state by hooks, so that no library version's idea of `hidden_states` enters."""
    states = []
    hooks = [decoder.layers[0].register_forward_pre_hook(lambda _m, args: states.append(args[0]))]
    for layer in decoder.layers:
        hooks.append(layer.register_forward_hook(lambda _m, _i, out: states.append(out[0] if isinstance(out, tuple) else out)))
    hooks.append(decoder.norm.register_forward_hook(lambda _m, _i, out: states.append(out)))
    result = run()
    for hook in hooks:
        hook.remove()
    before_norm = states.pop(-2)
    return result, states, before_norm


def clear_greedy(model, first_seed: int):
    """The first seeded prompt whose continuation has no near-tie and does not fall into repeating one token at once."""
    for seed in range(first_seed, first_seed + 200):
        prompt = random_ids((1, 6), seed)
        ids, margins = greedy(model, prompt, GREEDY_TOKENS)
        if float(margins.min()) > 0.02 and len(set(ids.tolist())) >= 12:
            print(f"  greedy: prompt seed {seed}, smallest margin {float(margins.min()):.3f}, "
                  f"{len(set(ids.tolist()))} distinct tokens: {ids.tolist()}")
            return prompt, ids, margins
    raise RuntimeError("no prompt with a clear greedy continuation: change the seed")


def qwen2() -> None:
    config = Qwen2Config(**SIZES, tie_word_embeddings=True, rope_parameters={"rope_type": "default", "rope_theta": 1e6},
                         bos_token_id=None, eos_token_id=None, pad_token_id=None, use_sliding_window=False)
    config._attn_implementation = "eager"
    model = Qwen2ForCausalLM(config).eval()
    randomise(model, SEED, gain=1.6)
    base = {name: value.clone() for name, value in model.state_dict().items() if name != "lm_head.weight"}
    input_ids = random_ids((2, 10), SEED + 1)
    labels = random_ids((2, 10), SEED + 2)
    labels[0, :4] = -100
    labels[1, :6] = -100
    labels[1, 9] = -100
    with torch.no_grad():
        base_logits = model(input_ids=input_ids, use_cache=False).logits

    lora = get_peft_model(model, LoraConfig(r=4, lora_alpha=8, lora_dropout=0.0, bias="none", target_modules=TARGETS,
                                            task_type="CAUSAL_LM")).eval()
    adapters = {}
    for index, (name, parameter) in enumerate(sorted(lora.named_parameters(), key=lambda item: item[0])):
        parameter.requires_grad_(True)
        if "lora_" in name:
            with torch.no_grad():
                parameter.copy_(seeded_normal(parameter.shape, SEED + 1000 + index, scale=0.25))
            adapters[name] = parameter
    assert len(adapters) == 2 * len(TARGETS) * SIZES["num_hidden_layers"]

    decoder = lora.base_model.model.model
    result, states, before_norm = hidden_states(
        lambda: lora(input_ids=input_ids, labels=labels, use_cache=False), decoder)
    result.loss.backward()
    shifted = torch.nn.functional.cross_entropy(result.logits[:, :-1].reshape(-1, 96), labels[:, 1:].reshape(-1), ignore_index=-100)
    assert torch.allclose(shifted, result.loss, atol=1e-6)
    gradients = {}
    for name, parameter in lora.named_parameters():
        plain = name if "lora_" in name else name.removeprefix("base_model.model.").replace(".base_layer.", ".")
        assert parameter.grad is not None, name
        gradients[plain] = parameter.grad
    assert set(gradients) == set(base) | set(adapters)

    padded_ids = random_ids((2, 10), SEED + 3)
    mask = torch.ones((2, 10), dtype=torch.int64)
    mask[0, 7:] = 0
    mask[1, 4:] = 0
    padded_ids[mask == 0] = 5
    with torch.no_grad():
        padded_logits = lora(input_ids=padded_ids, attention_mask=mask, use_cache=False).logits * mask[..., None]
        alone = lora(input_ids=padded_ids[1:, :4], use_cache=False).logits
    assert torch.allclose(alone[0], padded_logits[1, :4], atol=1e-4)
    prompt, greedy_ids, margins = clear_greedy(lora, SEED + 4)

    tensors = {**prefixed("weights", base), **prefixed("weights", adapters)}
    tensors |= {
        "input.input_ids": input_ids, "input.labels": labels, "output.base_logits": base_logits,
        "output.logits": result.logits, "output.loss": result.loss, "output.last_layer_before_norm": before_norm,
        "input.padded_ids": padded_ids, "input.padded_attention_mask": mask, "output.padded_logits": padded_logits,
        "input.prompt_ids": prompt, "output.greedy_ids": greedy_ids, "output.greedy_margins": margins,
    }
    tensors |= {f"output.hidden_states.{index}": state for index, state in enumerate(states)}
    shared = dict(
        module="transformers.Qwen2ForCausalLM + peft.LoraModel", seed=SEED, generator=GENERATOR, used=(transformers, peft),
        config={"model_type": "qwen2", **SIZES, "rope_theta": 1e6, "tie_word_embeddings": True, "attention_bias": True,
                "lora": {"r": 4, "lora_alpha": 8, "target_modules": TARGETS, "bias": "none"}},
    )
    save_fixture(fixture_path("lm-lora", "qwen2-lora.safetensors"), tensors, **shared)
    save_fixture(fixture_path("lm-lora", "qwen2-lora-gradients.safetensors"), prefixed("grad", gradients), **shared)


def llama() -> None:
    config = LlamaConfig(**SIZES, tie_word_embeddings=False, attention_bias=False, mlp_bias=False,
                         rope_parameters={"rope_type": "default", "rope_theta": 1e4}, bos_token_id=None, eos_token_id=None,
                         pad_token_id=None)
    config._attn_implementation = "eager"
    model = LlamaForCausalLM(config).eval()
    randomise(model, SEED + 200, gain=1.6)
    input_ids = random_ids((2, 10), SEED + 201)
    with torch.no_grad():
        result, states, before_norm = hidden_states(lambda: model(input_ids=input_ids, use_cache=False), model.model)
    prompt, greedy_ids, margins = clear_greedy(model, SEED + 202)
    tensors = prefixed("weights", model.state_dict())
    tensors |= {"input.input_ids": input_ids, "output.logits": result.logits, "output.last_layer_before_norm": before_norm,
                "input.prompt_ids": prompt, "output.greedy_ids": greedy_ids, "output.greedy_margins": margins}
    tensors |= {f"output.hidden_states.{index}": state for index, state in enumerate(states)}
    save_fixture(
        fixture_path("lm-lora", "llama.safetensors"), tensors, module="transformers.LlamaForCausalLM", seed=SEED + 200,
        generator=GENERATOR, used=(transformers,),
        config={"model_type": "llama", **SIZES, "rope_theta": 1e4, "tie_word_embeddings": False, "attention_bias": False},
    )


# The sentences below were written for this file. They only have to give the merges some variety.
CORPUS = """
The speaker smiles, but her voice is tired and slow.
He says that everything is fine; his hands tell another story.
She laughed so hard that the whole room laughed with her.
I'm not angry, I'm just disappointed that you didn't call me back.
They've waited for 3 hours, 25 minutes and 10 seconds in the rain.
What a surprise! We'd never have thought that you'd come home today.
Please tell me what happened, and I will listen as long as you want.
The emotion of the speaker is sad, the cause is a lost friend.
The answer should comfort the listener and offer a small next step.
Happy, angry, worried, sad, surprised, neutral: choose one of these words.
A warm light falls through the window while the child is sleeping.
His voice trembles when he speaks about the accident.
We are proud of you, and we'll always be here for you.
The face looks calm, the voice sounds nervous, the words are kind.
Why did you do that? Nobody was hurt, but everyone was afraid.
    def feel(signal):  return signal * 2  # an indented line
Numbers: 1, 12, 123, 1234, 3.14159, 1e-6, 100%, $5.00, 2026-01-31.
URL-like text: https://example.org/path?x=1&y=2#part
今天的天气很好，我们一起去公园散步吧。
她看起来很高兴，但是声音有一点难过。
请告诉我发生了什么事，我会认真听你说。
他很生气，因为朋友没有来参加他的生日。
我不知道应该怎么办，心里非常担心。
谢谢你一直陪着我，我觉得好多了。
说话的人是惊讶的，原因是收到了一份礼物。
今日はとても楽しかったです。また会いましょう。
彼女は少し疲れているように見えます。
오늘은 기분이 아주 좋아요. 내일도 만나요!
Der Mann lächelt, aber seine Stimme klingt müde und traurig.
Wir müssen früh aufstehen, weil der Zug schon um sechs Uhr fährt.
Elle est très heureuse d'être revenue à la maison après l'été.
Je ne sais pas où il est allé, mais j'espère qu'il va bientôt téléphoner.
El niño está contento porque mañana es su cumpleaños.
¿Por qué lloras? No pasa nada, aquí estoy contigo.
A menina não quis comer, só queria ouvir uma canção.
Сегодня он был очень рад, но немного устал после работы.
Мы долго говорили о том, что случилось вчера вечером.
Η φωνή της είναι ήρεμη και το πρόσωπό της χαμογελά.
כל אחד מאיתנו צריך מישהו שיקשיב לו.
كان صوته هادئا، لكن عينيه كانتا حزينتين.
मुझे आज बहुत खुशी है कि तुम यहाँ हो।
วันนี้ฉันมีความสุขมาก
Dziś wieczorem będzie padać, więc weź ze sobą parasol.
Bugün çok mutluyum, çünkü kardeşim geri döndü.
Hôm nay tôi rất vui vì được gặp lại bạn.
I love this song 😀😀 so much ❤️, it always makes me cry 😢.
Great job 👍🏽! The family 👨‍👩‍👧 is happy 🎉🎉.
<Audio></Audio> <Video></Video> <Multi></Multi> <Subtitle></Subtitle>
###Human: what does the speaker feel? ###Assistant: the speaker feels calm.###
<think>The voice is low. The face is pale.</think><answer>sad, lonely</answer>
""".strip("\n").split("\n")

SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<ImageHere>", "<AudioHere>", "<FrameHere>", "<FaceHere>", "<MultiHere>"]
VOCABULARY = 600
# Qwen2's pre-tokenizer pattern (its published tokenizer.json).
PATTERN = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
           r"|\s+(?!\S)|\s+")

STRINGS = [
    "", " ", "  ", "a", "Hello, world!", "The speaker feels calm.", "I'M SURE YOU'RE RIGHT, aren't you?", "it's, we've, they'll, he'd",
    "tabs\tand\nnew\n\nlines\r\n", "   leading and trailing   ", "multiple    inner   spaces", "1234567890 3.14 -7", "x=1;y=[2,3]",
    "https://nano.example/emo?x=1", "今天天气很好。", "她很高兴,但是 voice 有一点难过!", "繁體中文與简体中文", "こんにちは、元気ですか?",
    "오늘은 기분이 좋아요", "Grüße aus Köln: schön, müde, weiß", "L'été, où êtes-vous? Ça va très bien.", "¿Por qué lloras, niño?",
    "cafe\u0301 and caf\u00e9", "Сегодня он рад", "Η φωνή της", "שלום לכולם", "مرحبا بالعالم", "मुझे खुशी है", "วันนี้ฉันมีความสุข", "😀", "😢😢 so sad 😢",
    "👍🏽 thumbs", "👨‍👩‍👧‍👦 family", "🇨🇳🇩🇪 flags", "❤️ heart", "𝒜 math letter and 𠮷 rare character", "zero\u200bwidth\u00a0space",
    "<|im_start|>user\nHow is she?<|im_end|>\n", "###Human: <Video><FrameHere><FrameHere></Video> <Audio><AudioHere></Audio> ###Assistant: ",
    "<Multi><MultiHere></Multi><FaceHere> <ImageHere><|endoftext|>", "<think>低い声</think><answer>sad, lonely</answer>###",
    "<FrameHer e> <|im_start |> not special",
]


def tokenizer() -> None:
    built = Tokenizer(models.BPE())
    built.normalizer = normalizers.NFC()
    built.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(PATTERN), behavior="isolated", invert=False),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    built.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=VOCABULARY - len(SPECIAL), initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
                                  show_progress=False, special_tokens=[])
    built.train_from_iterator(CORPUS, trainer)
    built.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in SPECIAL])
    assert built.get_vocab_size() == VOCABULARY, built.get_vocab_size()
    target = fixture_path("lm-lora", "tokenizer.json")
    built.save(str(target), pretty=False)

    configuration = {
        "tokenizer_class": "Qwen2Tokenizer", "add_prefix_space": False, "add_bos_token": False,
        "clean_up_tokenization_spaces": False, "model_max_length": 2048, "bos_token": "<|im_start|>", "eos_token": "<|im_end|>",
        "pad_token": "<|im_end|>", "unk_token": None, "additional_special_tokens": SPECIAL,
    }
    fixture_path("lm-lora", "tokenizer_config.json").write_text(json.dumps(configuration, indent=2) + "\n")

    reloaded = Tokenizer.from_file(str(target))
    cases = []
    for text in STRINGS:
        encoding = reloaded.encode(text, add_special_tokens=False)
        cases.append({
            "text": text, "ids": encoding.ids, "tokens": encoding.tokens,
            "decoded": reloaded.decode(encoding.ids, skip_special_tokens=False),
            "decodedWithoutSpecial": reloaded.decode(encoding.ids, skip_special_tokens=True),
        })
    expected = {
        "generator": GENERATOR, "versions": versions(tokenizers), "vocabularySize": VOCABULARY,
        "specialIds": {token: reloaded.token_to_id(token) for token in SPECIAL}, "cases": cases,
    }
    file = fixture_path("lm-lora", "tokenizer-expected.json")
    file.write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    changed = [case["text"] for case in cases if case["decoded"] != case["text"]]
    print(f"tokenizer: {len(cases)} strings, {target.stat().st_size} bytes; not round-tripping (NFC): {changed}")
    print("  " + json.dumps(expected["specialIds"]))


if __name__ == "__main__":
    qwen2()
    llama()
    tokenizer()
