using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Tessera.Gguf;

/// <summary>The tensors of all parts of a model by name, over the indexes that the parts have.</summary>
internal sealed class GgufTensorDictionary : IReadOnlyDictionary<string, GgufTensor>
{
    private readonly IReadOnlyList<GgufFile> _parts;

    /// <exception cref="GgufException">A name appears in two parts.</exception>
    public GgufTensorDictionary(IReadOnlyList<GgufFile> parts)
    {
        _parts = parts;
        Count = parts.Sum(p => p.TensorTable.Count);
        for (int part = 1; part < parts.Count; part++)
        {
            GgufTensorTable table = parts[part].TensorTable;
            for (int i = 0; i < table.Count; i++)
            {
                for (int earlier = 0; earlier < part; earlier++)
                {
                    if (parts[earlier].TensorTable.Contains(table.NameOf(i)))
                    {
                        throw table.Error(i, $"the name appears in {parts[earlier].Name}, too");
                    }
                }
            }
        }
    }

    public int Count { get; }

    public IEnumerable<string> Keys => Values.Select(t => t.Name);

    public IEnumerable<GgufTensor> Values => _parts.SelectMany(p => p.TensorTable);

    public GgufTensor this[string key] =>
        TryGetValue(key, out GgufTensor? tensor) ? tensor : throw new KeyNotFoundException($"There is no tensor '{key}'.");

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out GgufTensor value)
    {
        byte[] name = GgufNames.Encode(key);
        foreach (GgufFile part in _parts)
        {
            if (part.TensorTable.TryGet(name, out value))
            {
                return true;
            }
        }

        value = null;
        return false;
    }

    public IEnumerator<KeyValuePair<string, GgufTensor>> GetEnumerator() => Values.Select(t => KeyValuePair.Create(t.Name, t)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
