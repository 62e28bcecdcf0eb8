using System.Runtime.InteropServices;
using Tessera.Gguf;

namespace Tessera.Conformance.Architectures;

/// <summary>A small model with random weights, the same ones each time. Its parts can be changed before it is written.</summary>
public class TestModel
{
    private readonly Random _random = new(20260801);

    /// <summary>The file's metadata; tensors come to it when it is written.</summary>
    public GgufWriter File { get; } = new();

    /// <summary>The tensors' extents, columns first, and values.</summary>
    public OrderedDictionary<string, (long[] Dimensions, float[] Values)> Tensors { get; } = [];

    /// <summary>
    /// Adds a matrix of random weights. Their spread of <c>2 / sqrt(columns)</c> keeps the values of every layer away from both 0 and saturation.
    /// </summary>
    /// <param name="name">The tensor's full name.</param>
    /// <param name="columns">Columns (inputs).</param>
    /// <param name="rows">Rows (outputs).</param>
    public void AddMatrix(string name, int columns, int rows) => Tensors[name] = ([columns, rows], Uniform(columns * rows, 2 / MathF.Sqrt(columns)));

    /// <summary>Adds a vector of random values around 0.</summary>
    public void AddVector(string name, int length) => Tensors[name] = ([length], Uniform(length, 0.5f));

    /// <summary>Adds a vector of random values around 1, as norms have them.</summary>
    public void AddNorm(string name, int length) => Tensors[name] = ([length], Array.ConvertAll(Uniform(length, 0.3f), v => 1 + v));

    /// <summary>The whole file. It can be written once.</summary>
    public byte[] ToArray()
    {
        foreach ((string name, (long[] dimensions, float[] values)) in Tensors)
        {
            (GgmlType type, byte[] data) = Encode(name, dimensions, values);
            File.AddTensor(name, type, dimensions, data);
        }

        return File.ToArray();
    }

    /// <summary>A tensor's type and bytes; F32 unless overridden.</summary>
    protected virtual (GgmlType Type, byte[] Data) Encode(string name, long[] dimensions, float[] values) =>
        (GgmlType.F32, MemoryMarshal.AsBytes<float>(values).ToArray());

    private float[] Uniform(int count, float spread)
    {
        var values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = ((2 * _random.NextSingle()) - 1) * spread;
        }

        return values;
    }
}
