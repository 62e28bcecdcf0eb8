using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Tessera.Architecture.Llama.Tests;
using Tessera.Generation;
using Tessera.Gguf;
using Tessera.Host.Tests.Loading;
using Tessera.Loading;
using Tessera.Numerics;
using Tessera.Workbench.Importance;

namespace Tessera.Host.Tests.Workbench.Quantizing;

public sealed class ImportanceCollectorTests(TinyEngine engine) : IDisposable
{
    private const int Chunk = 24;

    private readonly string _output = Path.GetTempFileName();
    private readonly string _text = string.Concat(Enumerable.Range(0, 70).Select(i => (char)('a' + (i * 7 % 26))));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(_output);

    [Theory]
    [InlineData(NumericsMode.Exact, GgmlType.F32, 1)]
    [InlineData(NumericsMode.Exact, GgmlType.Q8_0, 3)]
    [InlineData(NumericsMode.Fast, GgmlType.Q8_0, 3)]
    public async Task Each_matrix_gets_the_mean_square_of_what_the_model_multiplies_it_with(NumericsMode numerics, GgmlType type, int threads)
    {
        string path = engine.Save(new TinyLlama { MatrixType = type }.WithVocabulary());
        var options = new ModelOptions { Numerics = numerics, Threads = threads };

        int chunks = await Collector.CollectAsync(path, Encoding.UTF8.GetBytes(_text), "text", _output, Chunk, options, cancellationToken: Cancellation);

        (int expectedChunks, Dictionary<string, double[]> expected) = await ObserveAsync(path, options);
        ImportanceMatrix matrix = ImportanceMatrix.Load(_output);
        Assert.Equal((expectedChunks, expectedChunks), (chunks, matrix.Chunks));
        Assert.Equal(2 * 7, matrix.Count);
        for (int layer = 0; layer < 2; layer++)
        {
            AssertNear(expected[$"attn_norm-{layer}"], matrix.Find($"blk.{layer}.attn_q.weight")!);
            AssertNear(expected[$"attn_norm-{layer}"], matrix.Find($"blk.{layer}.attn_k.weight")!);
            AssertNear(expected[$"attn_norm-{layer}"], matrix.Find($"blk.{layer}.attn_v.weight")!);
            AssertNear(expected[$"kqv_out-{layer}"], matrix.Find($"blk.{layer}.attn_output.weight")!);
            AssertNear(expected[$"ffn_norm-{layer}"], matrix.Find($"blk.{layer}.ffn_up.weight")!);
            AssertNear(expected[$"ffn_norm-{layer}"], matrix.Find($"blk.{layer}.ffn_gate.weight")!);
            Assert.Equal(96, matrix.Find($"blk.{layer}.ffn_down.weight")!.Length);
        }
    }

    [Fact]
    public async Task The_file_is_the_one_that_llama_imatrix_writes()
    {
        string path = engine.Save(new TinyLlama().WithVocabulary());

        await Collector.CollectAsync(path, Encoding.UTF8.GetBytes(_text), "text", _output, Chunk, new ModelOptions(), cancellationToken: Cancellation);

        using GgufFile file = GgufFile.Open(_output);
        Assert.Equal(["general.type", "imatrix.datasets", "imatrix.chunk_count", "imatrix.chunk_size"], file.Metadata.Keys);
        Assert.Equal("imatrix", file.Metadata.GetString("general.type"));
        Assert.Equal(["blk.0.attn_k.weight.in_sum2", "blk.0.attn_k.weight.counts", "blk.0.attn_output.weight.in_sum2"],
            file.Tensors.Take(3).Select(tensor => tensor.Name));
        Assert.Equal([64L], file.Tensors[0].Dimensions);
        Assert.Equal([1L], file.Tensors[1].Dimensions);
    }

    [Fact]
    public async Task A_text_without_a_whole_chunk_is_an_error()
    {
        string path = engine.Save(new TinyLlama().WithVocabulary());

        var error = await Assert.ThrowsAsync<TesseraException>(
            () => Collector.CollectAsync(path, "abc"u8.ToArray(), "short.txt", _output, Chunk, new ModelOptions(), cancellationToken: Cancellation));

        Assert.StartsWith("short.txt: ", error.Message, StringComparison.Ordinal);
        Assert.Empty(await File.ReadAllBytesAsync(_output, Cancellation));
    }

    private ImportanceCollector Collector => engine.Services.GetRequiredService<ImportanceCollector>();

    /// <summary>Mean squares of the nodes' columns over the chunks, each of which begins with BOS.</summary>
    private async Task<(int Chunks, Dictionary<string, double[]> MeanSquares)> ObserveAsync(string path, ModelOptions options)
    {
        using LanguageModel model = await engine.Loader.LoadAsync(path, options, cancellationToken: Cancellation);
        int[] ids = [.. model.Encode(_text)];
        int chunks = ids.Length / Chunk;
        var sums = new Dictionary<string, double[]>();
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            using var session = (ModelSession)model.CreateSession(Chunk);
            session.Observer = (name, layer, value) =>
            {
                double[] sum = sums.TryGetValue($"{name}-{layer}", out double[]? known) ? known : sums[$"{name}-{layer}"] = new double[value.Columns];
                for (int row = 0; row < value.Rows; row++)
                {
                    for (int column = 0; column < value.Columns; column++)
                    {
                        sum[column] += Math.Pow(value.Row(row)[column], 2) / (chunks * Chunk);
                    }
                }
            };
            int[] tokens = [TinyVocabulary.Bos, .. ids[((chunk * Chunk) + 1)..((chunk + 1) * Chunk)]];
            session.Evaluate(tokens, new float[Chunk * model.Shape.Vocabulary], Cancellation);
        }

        return (chunks, sums);
    }

    private static void AssertNear(double[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], expected[i] * 1e-6);
        }
    }
}
