using System.Runtime.InteropServices;
using Tessera.Gguf;
using Tessera.Quantization;

namespace Tessera.Workbench.Importance;

/// <summary>
/// llama-imatrix' files: for each tensor of a model <c>NAME.in_sum2</c>, sums of squares, [columns, matrices], and <c>NAME.counts</c>, how many values
/// each matrix' sums have, [1, matrices]; all F32.
/// </summary>
internal static unsafe class ImportanceFile
{
    private const string SumsSuffix = ".in_sum2";
    private const string CountsSuffix = ".counts";
    private const string DatasetsKey = "imatrix.datasets";
    private const string ChunksKey = "imatrix.chunk_count";
    private const string ChunkSizeKey = "imatrix.chunk_size";

    public static ImportanceMatrix Load(string path)
    {
        using GgufFile file = GgufFile.Open(path);
        Dictionary<string, GgufTensor> tensors = file.Tensors.ToDictionary(tensor => tensor.Name);
        foreach (GgufTensor tensor in tensors.Values.Where(tensor => tensor.Type != GgmlType.F32))
        {
            throw tensor.Error($"an importance matrix holds F32, this is {tensor.Type}");
        }

        file.CheckTensors(_ => new BlockGeometry(1, sizeof(float)));
        var meanSquares = new Dictionary<string, float[]>();
        foreach ((string name, GgufTensor sums) in tensors.Where(pair => pair.Key.EndsWith(SumsSuffix, StringComparison.Ordinal)))
        {
            string tensor = name[..^SumsSuffix.Length];
            meanSquares[tensor] = tensors.TryGetValue(tensor + CountsSuffix, out GgufTensor? counts)
                ? Divide(sums, counts)
                : throw sums.Error($"there is no '{tensor}{CountsSuffix}' beside it");
        }

        return meanSquares.Count > 0
            ? new ImportanceMatrix(path, meanSquares, [.. StringsOf(file.Metadata)], file.Metadata.GetInt32(ChunksKey, 0))
            : throw new GgufException(path, "", -1, "it is no importance matrix: it has no tensor whose name ends in '.in_sum2'");
    }

    /// <summary>Composes a file.</summary>
    /// <param name="statistics">What was collected, by tensor.</param>
    /// <param name="dataset">Where the text is from.</param>
    /// <param name="chunks">Stretches of text.</param>
    /// <param name="chunkTokens">Tokens in each.</param>
    public static GgufWriter Compose(IEnumerable<KeyValuePair<string, ColumnStatistics>> statistics, string dataset, int chunks, int chunkTokens)
    {
        var writer = new GgufWriter();
        writer.Set("general.type", "imatrix");
        writer.SetArray(DatasetsKey, [dataset]);
        writer.Set(ChunksKey, (uint)chunks);
        writer.Set(ChunkSizeKey, (uint)chunkTokens);
        foreach ((string tensor, ColumnStatistics columns) in statistics.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            float[] sums = columns.Sums();
            writer.AddTensor(tensor + SumsSuffix, GgmlType.F32, [sums.Length], MemoryMarshal.AsBytes<float>(sums).ToArray());
            writer.AddTensor(tensor + CountsSuffix, GgmlType.F32, [1], BitConverter.GetBytes((float)columns.Count));
        }

        return writer;
    }

    private static float[] Divide(GgufTensor sums, GgufTensor counts)
    {
        ReadOnlySpan<float> s = ValuesOf(sums);
        ReadOnlySpan<float> n = ValuesOf(counts);
        if (s.Length % n.Length != 0)
        {
            throw sums.Error($"its {s.Length} values are not columns of {n.Length} matrices");
        }

        int columns = s.Length / n.Length;
        var meanSquares = new float[s.Length];
        for (int i = 0; i < s.Length; i++)
        {
            // An expert that no token went to: all columns matter alike.
            float count = MathF.Round(n[i / columns]);
            meanSquares[i] = count > 0 ? s[i] / count : 1;
        }

        return meanSquares;
    }

    private static ReadOnlySpan<float> ValuesOf(GgufTensor tensor) => new(tensor.File.DataOf(tensor), checked((int)tensor.Elements));

    private static IEnumerable<string> StringsOf(IGgufMetadata metadata) =>
        (metadata.GetUtf8Strings(DatasetsKey) ?? []).Select(text => System.Text.Encoding.UTF8.GetString(text.Span));
}
