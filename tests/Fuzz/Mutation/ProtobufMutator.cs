namespace Tessera.Fuzz.Mutation;

/// <summary>Changes a field of a protobuf message; the lengths around it stay right unless a length is what is changed.</summary>
internal sealed class ProtobufMutator : IMutator
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Bytes = 2;
    private const int Fixed32 = 5;

    public (byte[] File, string What)? Mutate(byte[] file, Random random) =>
        Parse(file) is { Count: > 0 } fields && Change(fields, random) is var what ? (Write(fields), what) : null;

    private static string Change(List<Field> fields, Random random)
    {
        int at = random.Next(fields.Count);
        Field field = fields[at];
        if (field.Type == Bytes && random.Next(3) > 0 && Parse(field.Content) is { Count: > 0 } inner)
        {
            string what = Change(inner, random);
            fields[at] = field with { Content = Write(inner) };
            return $"in field {field.Number}: {what}";
        }

        switch (random.Next(7))
        {
            case 0:
                fields.RemoveAt(at);
                return $"no field {field.Number}";
            case 1:
                fields.Insert(random.Next(fields.Count), field);
                return $"field {field.Number} twice";
            case 2:
                fields[at] = field with { Number = random.Next(2) == 0 ? (ulong)random.Next(50) : Interesting.Integer(random) >> 3 };
                return $"field {field.Number} is {fields[at].Number}";
            case 3:
                fields[at] = field with { Type = random.Next(8) };
                return $"field {field.Number} of type {fields[at].Type}";
            case 4 when field.Type == Bytes:
                fields[at] = field with { Length = Interesting.Integer(random) };
                return $"field {field.Number} says {fields[at].Length} bytes";
            case 5:
                fields[at] = fields[random.Next(fields.Count)];
                return $"field {field.Number} is another one";
            default:
                fields[at] = field with { Content = ContentOf(field, random) };
                return $"field {field.Number}: {Convert.ToHexString(fields[at].Content[..Math.Min(16, fields[at].Content.Length)])}";
        }
    }

    private static byte[] ContentOf(Field field, Random random) => field.Type switch
    {
        Varint => VarintOf(Interesting.Integer(random)),
        Fixed32 => BitConverter.GetBytes((float)Interesting.Float(random)),
        Fixed64 => BitConverter.GetBytes(Interesting.Float(random)),
        _ => System.Text.Encoding.UTF8.GetBytes(Interesting.Text(random)),
    };

    private static List<Field>? Parse(byte[] message)
    {
        var fields = new List<Field>();
        for (int at = 0; at < message.Length;)
        {
            if (ReadVarint(message, ref at) is not { } tag)
            {
                return null;
            }

            int type = (int)(tag & 7);
            int start = at;
            ulong length = type switch { Fixed64 => 8, Fixed32 => 4, Bytes => ReadVarint(message, ref at) ?? ulong.MaxValue, Varint => 0, _ => ulong.MaxValue };
            start = type == Bytes ? at : start;
            if (length > (ulong)(message.Length - at) || (type == Varint && ReadVarint(message, ref at) is null))
            {
                return null;
            }

            at += (int)length;
            fields.Add(new Field(tag >> 3, type, message[start..at], Length: null));
        }

        return fields;
    }

    private static byte[] Write(List<Field> fields) => [.. fields.SelectMany(Write)];

    private static byte[] Write(Field field) =>
        [.. VarintOf((field.Number << 3) | (uint)field.Type),
            .. field.Type == Bytes ? VarintOf(field.Length ?? (ulong)field.Content.Length) : [], .. field.Content];

    private static byte[] VarintOf(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return [.. bytes];
    }

    private static ulong? ReadVarint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; at < message.Length && shift < 64; shift += 7)
        {
            byte next = message[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>A field; <paramref name="Length"/> is what it says in place of its content's length.</summary>
    private sealed record Field(ulong Number, int Type, byte[] Content, ulong? Length);
}
