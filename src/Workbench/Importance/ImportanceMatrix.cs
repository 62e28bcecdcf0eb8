using Tessera.Gguf;

namespace Tessera.Workbench.Importance;

/// <summary>How much each column of a model's matrices matters: the mean square of what it is multiplied with, over some text.</summary>
public sealed class ImportanceMatrix
{
    private readonly IReadOnlyDictionary<string, float[]> _meanSquares;

    internal ImportanceMatrix(string name, IReadOnlyDictionary<string, float[]> meanSquares, IReadOnlyList<string> datasets, int chunks)
    {
        foreach ((string tensor, float[] values) in meanSquares)
        {
            int bad = Array.FindIndex(values, value => !float.IsFinite(value) || value < 0);
            if (bad >= 0)
            {
                throw new GgufException(name, $"tensor '{tensor}'", -1, $"value {bad} is {values[bad]}, a mean square is finite and not negative");
            }
        }

        Name = name;
        Datasets = datasets;
        Chunks = chunks;
        _meanSquares = meanSquares;
    }

    /// <summary>The file's path.</summary>
    public string Name { get; }

    /// <summary>The texts that it was computed from.</summary>
    public IReadOnlyList<string> Datasets { get; }

    /// <summary>How many stretches of text it was computed from; 0 where the file does not say.</summary>
    public int Chunks { get; }

    /// <summary>The number of tensors that it knows.</summary>
    public int Count => _meanSquares.Count;

    /// <summary>Reads what <c>tessera imatrix</c> or llama-imatrix wrote, in the GGUF format or the older one (<c>.dat</c>).</summary>
    /// <exception cref="GgufException">The file cannot be used.</exception>
    public static ImportanceMatrix Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return LegacyImportanceFile.Recognizes(path) ? LegacyImportanceFile.Load(path) : ImportanceFile.Load(path);
    }

    /// <summary>The mean squares of a tensor's columns, those of its matrices one after the other; null where it is not known.</summary>
    public float[]? Find(string tensor) => _meanSquares.GetValueOrDefault(tensor);
}
