"""Writes a GGUF file again with every tensor in float32: the same values, so that llama.cpp computes in float32, too.

Run: python tooling/oracles/gguf-float32.py IN.gguf OUT.gguf

llama.cpp multiplies quantised weights with activations rounded to 8 bits; only between tensors of float32 does it compute in float32.
Writes nothing into the repository.
"""

import sys

import gguf

source, target = sys.argv[1:]
reader = gguf.GGUFReader(source)
writer = gguf.GGUFWriter(target, reader.get_field("general.architecture").contents())
for field in reader.fields.values():
    if field.name.startswith("GGUF.") or field.name == "general.architecture":
        continue
    kind = field.types[0]
    inner = field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
    value = gguf.LlamaFileType.ALL_F32 if field.name == "general.file_type" else field.contents()
    writer.add_key_value(field.name, value, kind, inner)
for tensor in reader.tensors:
    writer.add_tensor(tensor.name, gguf.quants.dequantize(tensor.data, tensor.tensor_type).astype("float32"))
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
