using System.Text;
using System.Text.Json;

namespace Tessera.Fuzz.Mutation;

/// <summary>Changes a value or a member of a JSON text; every line of JSON Lines is one.</summary>
internal sealed class JsonMutator : IMutator
{
    private static readonly string[] s_values =
    [
        "null", "true", "false", "0", "-0", "-1", "1", "1.5", "255", "4194303", "2147483647", "2147483648", "-2147483648", "4294967296",
        "9223372036854775807", "18446744073709551616",
        "1e308", "1e400", "-1e-400", "\"\"", "\"a\"", "\"\\ud800\"", "\"\\u0000\"", "\"\\u001b[31m\"", "\"NaN\"", "\"Infinity\"", "\"a b\"", "[]", "{}",
        "[null]", "[[]]", "[0]", "{\"type\":1}",
        "{\"type\":\"Sequence\"}", "[1,2,3,4,5,6,7,8]",
    ];

    public (byte[] File, string What)? Mutate(byte[] file, Random random)
    {
        (int start, int end) = LineOf(file, random);
        if (Spans(file.AsSpan(start, end - start)) is not { Count: > 0 } spans)
        {
            return null;
        }

        byte[][] values = [.. spans.Select(span => file[(start + span.Start)..(start + span.End)])];
        (int from, int to, int name) = random.In(spans);
        return Change(file, start + from, start + to, name < 0 ? -1 : start + name, values, random);
    }

    /// <param name="file">The text.</param>
    /// <param name="start">Where a value begins.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="name">Where its member's name begins; -1 for an element.</param>
    /// <param name="others">All values.</param>
    /// <param name="random">Decides.</param>
    private static (byte[] File, string What)? Change(byte[] file, int start, int end, int name, byte[][] others, Random random)
    {
        int whole = name < 0 ? start : name;
        switch (random.Next(8))
        {
            case 0:
                int from = whole > 0 && file[whole - 1] == ',' ? whole - 1 : whole;
                int to = from == whole && end < file.Length && file[end] == ',' ? end + 1 : end;
                return ([.. file[..from], .. file[to..]], $"nothing in place of {Show(file.AsSpan(whole, end - whole))}");
            case 1:
                return ([.. file[..end], (byte)',', .. file[whole..]], $"{Show(file.AsSpan(whole, end - whole))} twice");
            case 2:
                byte[] other = random.In(others);
                return ([.. file[..start], .. other, .. file[end..]], $"{Show(other)} in place of {Show(file.AsSpan(start, end - start))}");
            case 3:
                int depth = 1 << random.Next(12);
                bool array = random.Next(2) == 0;
                byte[] open = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(array ? "[" : "{\"a\":", depth)));
                byte[] close = Encoding.UTF8.GetBytes(new string(array ? ']' : '}', depth));
                string within = $"{Show(file.AsSpan(start, end - start))} in {depth} {(array ? "arrays" : "objects")}";
                return ([.. file[..start], .. open, .. file[start..end], .. close, .. file[end..]], within);
            case 4 when name >= 0:
                byte[] key = JsonSerializer.SerializeToUtf8Bytes(Interesting.Text(random));
                int colon = name + file.AsSpan(name).IndexOf((byte)':');
                return ([.. file[..name], .. key, .. file[colon..]], $"name {Show(key)} of {Show(file.AsSpan(start, end - start))}");
            default:
                byte[] value = random.Next(4) == 0
                    ? JsonSerializer.SerializeToUtf8Bytes(Interesting.Text(random))
                    : Encoding.UTF8.GetBytes(random.In(s_values));
                return ([.. file[..start], .. value, .. file[end..]], $"{Show(value)} in place of {Show(file.AsSpan(start, end - start))}");
        }
    }

    private static (int Start, int End) LineOf(byte[] file, Random random)
    {
        // A text that is JSON as a whole is one line, however it is laid out.
        if (Spans(file) is { Count: > 0 })
        {
            return (0, file.Length);
        }

        int at = random.Next(file.Length + 1);
        int start = at == 0 ? 0 : file.AsSpan(0, at).LastIndexOf((byte)'\n') + 1;
        int length = file.AsSpan(start).IndexOf((byte)'\n');
        return (start, length < 0 ? file.Length : start + length);
    }

    /// <summary>Where every value begins and ends, and where its name begins or -1.</summary>
    private static List<(int Start, int End, int Name)>? Spans(ReadOnlySpan<byte> json)
    {
        var spans = new List<(int, int, int)>();
        var open = new Stack<(int Start, int Name)>();
        int name = -1;
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8192 });
            while (reader.Read())
            {
                int start = (int)reader.TokenStartIndex;
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        name = start;
                        continue;
                    case JsonTokenType.StartArray or JsonTokenType.StartObject:
                        open.Push((start, name));
                        break;
                    case JsonTokenType.EndArray or JsonTokenType.EndObject:
                        (int begin, int outer) = open.Pop();
                        spans.Add((begin, (int)reader.BytesConsumed, outer));
                        break;
                    default:
                        spans.Add((start, (int)reader.BytesConsumed, name));
                        break;
                }

                name = -1;
            }

            return spans;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Show(ReadOnlySpan<byte> json) => Encoding.UTF8.GetString(json[..Math.Min(json.Length, 40)]);
}
