using System.Buffers.Binary;
using System.Text;

namespace Tessera.Fuzz.Mutation;

/// <summary>Changes a key, a tensor or a count of a GGUF file, which stays well formed around it.</summary>
internal sealed class GgufMutator : IMutator
{
    private const uint Float32 = 6;
    private const uint Bool = 7;
    private const uint Text = 8;
    private const uint Array = 9;
    private const uint Float64 = 12;
    private const int ArrayHeader = sizeof(uint) + sizeof(ulong);

    /// <summary>Keys that the engine asks for or may come to ask for.</summary>
    private static readonly string[] s_known =
    [
        "general.alignment", "general.architecture", "general.file_type", "general.sampling.temp", "general.sampling.top_k", "split.no", "split.count",
        "split.tensors.count",
        "llama.vocab_size", "llama.context_length", "llama.block_count", "llama.embedding_length", "llama.feed_forward_length", "llama.expert_count",
        "llama.expert_used_count",
        "llama.attention.head_count", "llama.attention.head_count_kv", "llama.attention.key_length", "llama.attention.value_length",
        "llama.attention.sliding_window",
        "llama.attention.layer_norm_rms_epsilon", "llama.rope.dimension_count", "llama.rope.freq_base", "llama.rope.scaling.type", "llama.rope.scaling.factor",
        "llama.rope.scaling.original_context_length", "llama.rope.scaling.attn_factor", "tokenizer.ggml.model", "tokenizer.ggml.pre", "tokenizer.ggml.tokens",
        "tokenizer.ggml.scores", "tokenizer.ggml.token_type", "tokenizer.ggml.merges", "tokenizer.ggml.bos_token_id", "tokenizer.ggml.eos_token_id",
        "tokenizer.ggml.unknown_token_id", "tokenizer.ggml.padding_token_id", "tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id",
        "tokenizer.ggml.add_bos_token",
        "tokenizer.ggml.add_eos_token", "tokenizer.ggml.add_space_prefix", "tokenizer.ggml.remove_extra_whitespaces", "tokenizer.ggml.precompiled_charsmap",
        "tokenizer.ggml.suppress_tokens", "tokenizer.chat_template", "imatrix.datasets", "imatrix.chunk_count", "imatrix.chunk_size",
    ];

    public (byte[] File, string What)? Mutate(byte[] file, Random random)
    {
        if (GgufDocument.Read(file) is not { } document)
        {
            return null;
        }

        string what = random.Next(10) switch
        {
            <= 4 when document.Keys.Count > 0 => ChangeKey(random.In(document.Keys), document, random),
            5 => AddKey(document, random),
            9 => ChangeHeader(document, random),
            _ when document.Tensors.Count > 0 => GgufTensorChange.Of(random.In(document.Tensors), document, random),
            _ => ChangeHeader(document, random),
        };
        return (document.Write(), what);
    }

    private static string ChangeKey(GgufDocument.Entry key, GgufDocument document, Random random)
    {
        switch (random.Next(10))
        {
            case 0:
                document.Keys.Remove(key);
                return $"no key '{key.Name}'";
            case 1:
                document.Keys.Insert(random.Next(document.Keys.Count), key.Copy());
                return $"key '{key.Name}' twice";
            case 2:
                (key.Type, key.Value) = NewValue(random);
                return $"key '{key.Name}' of type {key.Type}: {Show(key.Value)}";
            case 3:
                GgufDocument.Entry other = random.In(document.Keys);
                (key.Type, key.Value, other.Type, other.Value) = (other.Type, other.Value, key.Type, key.Value);
                return $"values of '{key.Name}' and '{other.Name}' exchanged";
            case 4:
                string old = key.Name;
                key.Name = random.Next(2) == 0 ? random.In(s_known) : Latin(Interesting.Text(random));
                return $"key '{old}' is '{key.Name}'";
            case 5 when GgufDocument.SizeOf(key.Type) > 0:
                byte[] value = key.Value;
                int count = random.Next(1, 4);
                key.Value = ArrayOf(key.Type, [.. Enumerable.Repeat(value, count)]);
                key.Type = Array;
                return $"key '{key.Name}' an array of {count} times its value";
            default:
                key.Value = ChangeValue(key.Type, key.Value, random);
                return $"key '{key.Name}': {Show(key.Value)}";
        }
    }

    private static string AddKey(GgufDocument document, Random random)
    {
        (uint type, byte[] value) = NewValue(random);
        var key = new GgufDocument.Entry { Name = random.In(s_known), Type = type, Value = value };
        document.Keys.RemoveAll(present => present.Name == key.Name);
        document.Keys.Add(key);
        return $"key '{key.Name}' of type {key.Type}: {Show(key.Value)}";
    }

    private static string ChangeHeader(GgufDocument document, Random random)
    {
        switch (random.Next(3))
        {
            case 0:
                document.KeyCount = Interesting.Integer(random);
                return $"{document.KeyCount} keys";
            case 1:
                document.TensorCount = Interesting.Integer(random);
                return $"{document.TensorCount} tensors";
            default:
                document.Version = (uint)Interesting.Integer(random);
                return $"version {document.Version}";
        }
    }

    private static (uint Type, byte[] Value) NewValue(Random random)
    {
        uint type = (uint)random.Next(13);
        return (type, type != Array ? ValueOf(type, random) : ArrayOf(random.Next(2) == 0 ? 5u : (uint)random.Next(9), random));
    }

    private static byte[] ArrayOf(uint element, Random random) =>
        ArrayOf(element, [.. Enumerable.Range(0, random.Next(40)).Select(_ => ValueOf(element, random))]);

    private static byte[] ArrayOf(uint element, byte[][] values) =>
        [.. BitConverter.GetBytes(element), .. BitConverter.GetBytes((ulong)values.Length), .. values.SelectMany(value => value)];

    private static byte[] ValueOf(uint type, Random random) => type switch
    {
        Float32 => BitConverter.GetBytes((float)Interesting.Float(random)),
        Float64 => BitConverter.GetBytes(Interesting.Float(random)),
        Text => TextOf(Encoding.UTF8.GetBytes(Interesting.Text(random))),
        Bool => [(byte)Interesting.Integer(random)],
        _ => BitConverter.GetBytes(Interesting.Integer(random))[..GgufDocument.SizeOf(type)],
    };

    private static byte[] Near(byte[] value, Random random)
    {
        ulong number = 0;
        for (int i = value.Length - 1; i >= 0; i--)
        {
            number = (number << 8) | value[i];
        }

        return BitConverter.GetBytes(Interesting.Near(number, random))[..value.Length];
    }

    private static byte[] TextOf(byte[] bytes) => [.. BitConverter.GetBytes((ulong)bytes.Length), .. bytes];

    private static byte[] ChangeValue(uint type, byte[] value, Random random) => type switch
    {
        Text when random.Next(2) == 0 && value.Length > 8 => TextOf(Scribble(value[8..], random)),
        Array => ChangeArray(value, random),
        _ when type is not (Float32 or Float64 or Text) && random.Next(2) == 0 => Near(value, random),
        _ => ValueOf(type, random),
    };

    private static byte[] ChangeArray(byte[] array, Random random)
    {
        uint element = BinaryPrimitives.ReadUInt32LittleEndian(array);
        List<byte[]> values = Split(array, element);
        switch (random.Next(8))
        {
            case 0:
                // A count that is not the array's: what follows is read as something else.
                return [.. array[..sizeof(uint)], .. BitConverter.GetBytes(Interesting.Integer(random)), .. array[ArrayHeader..]];
            case 1:
                return [.. BitConverter.GetBytes((uint)random.Next(13)), .. array[sizeof(uint)..]];
            case 2:
                return ArrayOf(element, [.. values.Take(random.Next(values.Count + 1))]);
            case 3:
                return ArrayOf(element, [.. values, .. values.Take(random.Next(values.Count + 1))]);
            case 4 when GgufDocument.SizeOf(element) > 0:
                uint other = (uint)random.Next(7);
                return ArrayOf(other, [.. values.Select(_ => ValueOf(other, random))]);
            default:
                for (int times = random.Next(1, 4); times > 0 && values.Count > 0; times--)
                {
                    int at = random.Next(values.Count);
                    values[at] = random.Next(2) == 0 ? random.In(values) : ChangeValue(element, values[at], random);
                }

                return ArrayOf(element, [.. values]);
        }
    }

    private static List<byte[]> Split(byte[] array, uint element)
    {
        var values = new List<byte[]>();
        int size = GgufDocument.SizeOf(element);
        for (int at = ArrayHeader; at < array.Length && (size > 0 || element == Text); at += values[^1].Length)
        {
            values.Add(array[at..(at + (size > 0 ? size : 8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(array.AsSpan(at))))]);
        }

        return values;
    }

    private static byte[] Scribble(byte[] text, Random random)
    {
        byte[] copy = [.. text];
        copy[random.Next(copy.Length)] = (byte)random.Next(256);
        return copy;
    }

    private static string Latin(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    private static string Show(byte[] value) => value.Length <= sizeof(ulong)
        ? $"0x{Convert.ToHexString([.. value.Reverse()])}"
        : $"{value.Length} bytes, {Convert.ToHexString(value[..Math.Min(value.Length, 24)])}";
}
