using System.Text.Json;

namespace Tessera.Tokenizer.Bpe;

/// <summary>
/// A value of a JSON file that knows its way from the root, so that what is wrong with it is said with file and path: <c>model.merges[3]</c>.
/// </summary>
internal sealed class JsonPlace
{
    private const int MaxShown = 400;

    private readonly string _source;
    private readonly JsonElement _value;
    private readonly JsonPlace? _parent;
    private readonly string? _name;
    private readonly int _index;

    /// <summary>A file's root.</summary>
    public JsonPlace(JsonElement root, string source) => (_value, _source) = (root, source);

    private JsonPlace(JsonElement value, JsonPlace parent, string? name, int index) =>
        (_value, _parent, _name, _index, _source) = (value, parent, name, index, parent._source);

    /// <summary>How many members or items there are.</summary>
    /// <exception cref="TesseraException">It is no object and no array.</exception>
    public int Count => _value.ValueKind switch
    {
        JsonValueKind.Object => _value.GetPropertyCount(),
        JsonValueKind.Array => _value.GetArrayLength(),
        _ => throw Expected("an object or an array"),
    };

    public bool IsArray => _value.ValueKind == JsonValueKind.Array;

    /// <summary>Whether a flag is set, a text or a list is not empty, a number is not zero: whether the file asks for something.</summary>
    public bool IsSet => _value.ValueKind switch
    {
        JsonValueKind.False => false,
        JsonValueKind.String => Text.Length > 0,
        JsonValueKind.Number => !_value.TryGetDouble(out double number) || number != 0,
        _ => true,
    };

    /// <exception cref="TesseraException">It is another kind of value, or no Unicode.</exception>
    public string Text => _value.ValueKind == JsonValueKind.String ? Decode(_value, static value => value.GetString()!) : throw Expected("a string");

    /// <exception cref="TesseraException">It is another kind of value.</exception>
    public bool Flag => _value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Expected("true or false"),
    };

    /// <summary>A token's id.</summary>
    /// <exception cref="TesseraException">It is no whole number from 0 to the largest of 32 bits.</exception>
    public int Id => _value.ValueKind == JsonValueKind.Number && _value.TryGetInt32(out int id) && id >= 0
        ? id
        : throw Expected("a token's id, a whole number from 0");

    /// <summary>A member of an object; null where it is missing or null.</summary>
    /// <exception cref="TesseraException">It is no object.</exception>
    public JsonPlace? Find(string name)
    {
        Expect(JsonValueKind.Object, "an object");
        JsonElement member = Decode(_value, value => value.TryGetProperty(name, out JsonElement found) ? found : default);
        return member.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined ? null : new JsonPlace(member, this, name, -1);
    }

    /// <summary>A member that must be there.</summary>
    public JsonPlace Member(string name) => Find(name) ?? throw Error($"it has no '{name}'");

    /// <summary>Whether a member is true; one that is missing or null is not.</summary>
    public bool IsTrue(string name) => Find(name)?.Flag ?? false;

    public IEnumerable<JsonPlace> Items()
    {
        Expect(JsonValueKind.Array, "an array");
        return _value.EnumerateArray().Select((item, index) => new JsonPlace(item, this, null, index));
    }

    /// <summary>An object's members with their names.</summary>
    public IEnumerable<(string Name, JsonPlace Value)> Members()
    {
        Expect(JsonValueKind.Object, "an object");
        foreach (JsonProperty member in _value.EnumerateObject())
        {
            string name = Decode(member, static member => member.Name);
            yield return (name, new JsonPlace(member.Value, this, name, -1));
        }
    }

    /// <summary>What a message shows of a file's text.</summary>
    public static string Shorten(string text) => text.Length <= MaxShown ? text : $"{text[..MaxShown]}...";

    public TesseraException Error(string problem) => new($"{_source}: {(Path.Length == 0 ? "" : $"{Path}: ")}{problem}.");

    private string Path => _parent is null ? ""
        : _name is null ? $"{_parent.Path}[{_index}]"
        : _name.Length is > 0 and <= MaxShown && _name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
            ? (_parent._parent is null ? _name : $"{_parent.Path}.{_name}")
        : $"{_parent.Path}[\"{JsonEncodedText.Encode(Shorten(_name))}\"]";

    // What is escaped or spelled wrongly shows only when it is decoded.
    private TResult Decode<T, TResult>(T value, Func<T, TResult> decode)
    {
        try
        {
            return decode(value);
        }
        catch (InvalidOperationException)
        {
            throw Error("it holds half a surrogate pair or bytes that are no UTF-8");
        }
    }

    private void Expect(JsonValueKind kind, string wanted)
    {
        if (_value.ValueKind != kind)
        {
            throw Expected(wanted);
        }
    }

    private TesseraException Expected(string wanted)
    {
        string found = _value.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "an array",
            JsonValueKind.String => "a string",
            JsonValueKind.Number => $"the number {Shorten(_value.GetRawText())}",
            JsonValueKind.Null => "null",
            _ => "a boolean",
        };
        return Error($"expected {wanted}, found {found}");
    }
}
