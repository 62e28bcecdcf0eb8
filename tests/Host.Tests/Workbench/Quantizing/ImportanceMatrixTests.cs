using System.Runtime.InteropServices;
using Tessera.Gguf;
using Tessera.Host.Tests.Gguf;
using Tessera.Workbench.Importance;
using Tessera.Workbench.Quantizing;

namespace Tessera.Host.Tests.Workbench.Quantizing;

public sealed class ImportanceMatrixTests : IDisposable
{
    private readonly QuantizerFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Sums_are_divided_by_their_counts()
    {
        ImportanceMatrix matrix = Load(File(("blk.0.ffn_up.weight", [2, 4, 9], [2])));

        Assert.Equal([1f, 2, 4.5f], matrix.Find("blk.0.ffn_up.weight")!);
        Assert.Null(matrix.Find("blk.0.ffn_up"));
        Assert.Equal((1, 7), (matrix.Count, matrix.Chunks));
        Assert.Equal(["text.txt"], matrix.Datasets);
    }

    [Fact]
    public void An_expert_that_no_token_went_to_has_columns_that_matter_alike() =>
        Assert.Equal([1f, 2, 1, 1, 5, 6], Load(File(("blk.0.ffn_up_exps.weight", [2, 4, 0, 0, 5, 6], [2, 0, 1]))).Find("blk.0.ffn_up_exps.weight")!);

    [Fact]
    public void The_older_format_is_read()
    {
        string path = _fixture.File("old.dat");
        System.IO.File.WriteAllBytes(path, Legacy());

        ImportanceMatrix matrix = ImportanceMatrix.Load(path);

        Assert.Equal([1f, 2], matrix.Find("blk.0.x")!);
        Assert.Equal([3f], matrix.Find("y")!);
        Assert.Equal(5, matrix.Chunks);
        Assert.Equal(["t"], matrix.Datasets);
    }

    [Fact]
    public void The_end_of_the_older_format_may_be_missing()
    {
        string path = _fixture.File("old.dat");
        System.IO.File.WriteAllBytes(path, Legacy()[..^9]);

        Assert.Equal((2, 0), (ImportanceMatrix.Load(path).Count, ImportanceMatrix.Load(path).Chunks));
    }

    [Fact]
    public void An_older_file_that_ends_too_early_or_is_none_is_refused()
    {
        string path = _fixture.File("old.dat");
        byte[] whole = Legacy();
        for (int length = 1; length < whole.Length - 9; length++)
        {
            System.IO.File.WriteAllBytes(path, whole[..length]);
            Assert.Equal(path, Assert.Throws<GgufException>(() => ImportanceMatrix.Load(path)).File);
        }

        System.IO.File.WriteAllText(path, "This is a text, not an importance matrix.");
        Assert.Throws<GgufException>(() => ImportanceMatrix.Load(path));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(-1f)]
    public void What_is_no_mean_square_is_refused(float value)
    {
        var error = Assert.Throws<GgufException>(() => Load(File(("blk.0.ffn_up.weight", [1, value], [1]))));

        Assert.Equal("tensor 'blk.0.ffn_up.weight'", error.Place);
        Assert.Contains("value 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_is_no_importance_matrix()
    {
        var model = new GgufWriter();
        QuantizerFixture.AddWeights(model, "blk.0.ffn_up.weight", 32, 2);

        Assert.Contains("no importance matrix", Assert.Throws<GgufException>(() => Load(model)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sums_without_counts_are_refused()
    {
        var file = new GgufWriter();
        file.AddTensor("a.in_sum2", GgmlType.F32, [1], BitConverter.GetBytes(1f));

        Assert.Contains("a.counts", Assert.Throws<GgufException>(() => Load(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_row_is_quantized_with_the_importance_of_its_own_matrix()
    {
        GgufWriter model = Experts();
        ImportanceMatrix matrix = Load(File(("blk.0.ffn_up_exps.weight", [1, 2, 3, 4], [1, 1])));

        _fixture.Quantizer.Quantize(
            _fixture.Save(model), _fixture.File("out.gguf"), new QuantizationOptions { Type = "Importance", Importance = matrix },
            cancellationToken: TestContext.Current.CancellationToken);

        using GgufFile file = GgufFile.Open(_fixture.File("out.gguf"));
        Assert.Equal([-1f, -1, -1, -1, -1, -1], Values(file, "blk.0.attn_q.weight"));
        Assert.Equal([1f, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4], Values(file, "blk.0.ffn_up_exps.weight"));
        Assert.Equal((1, 7), (file.Metadata.GetInt32("quantize.imatrix.entries_count"), file.Metadata.GetInt32("quantize.imatrix.chunks_count")));
        Assert.Equal((matrix.Name, "text.txt"), (file.Metadata.GetString("quantize.imatrix.file"), file.Metadata.GetString("quantize.imatrix.dataset")));
    }

    [Fact]
    public void A_matrix_of_another_model_is_refused()
    {
        ImportanceMatrix matrix = Load(File(("blk.0.ffn_up_exps.weight", [1, 2, 3], [1])));

        var error = Assert.Throws<GgufException>(
            () => _fixture.Quantizer.Plan(_fixture.Save(Experts()), new QuantizationOptions { Type = "Importance", Importance = matrix }));

        Assert.Contains("3 values", error.Message, StringComparison.Ordinal);
        Assert.Contains("2 x 2 columns", error.Message, StringComparison.Ordinal);
    }

    private static GgufWriter Experts()
    {
        var model = new GgufWriter();
        QuantizerFixture.AddWeights(model, "blk.0.attn_q.weight", 2, 3);
        QuantizerFixture.AddWeights(model, "blk.0.ffn_up_exps.weight", 2, 3, 2);
        return model;
    }

    /// <summary>Two entries of one and two values, five chunks, and the name of the text.</summary>
    private static byte[] Legacy() => GgufTestFiles.Raw(
        2u, 7u, "blk.0.x"u8.ToArray(), 4u, 2u, Bits(4), Bits(8), 1u, "y"u8.ToArray(), 2u, 1u, Bits(6), 5u, 1u, "t"u8.ToArray());

    private static uint Bits(float value) => BitConverter.SingleToUInt32Bits(value);

    private static GgufWriter File(params (string Name, float[] Sums, float[] Counts)[] entries)
    {
        var file = new GgufWriter();
        file.SetArray("imatrix.datasets", ["text.txt"]);
        file.Set("imatrix.chunk_count", 7u);
        foreach ((string name, float[] sums, float[] counts) in entries)
        {
            file.AddTensor($"{name}.in_sum2", GgmlType.F32, [sums.Length / counts.Length, counts.Length], MemoryMarshal.AsBytes<float>(sums).ToArray());
            file.AddTensor($"{name}.counts", GgmlType.F32, [1, counts.Length], MemoryMarshal.AsBytes<float>(counts).ToArray());
        }

        return file;
    }

    private ImportanceMatrix Load(GgufWriter file) => ImportanceMatrix.Load(_fixture.Save(file, "imatrix.gguf"));

    private static unsafe float[] Values(GgufFile file, string name)
    {
        GgufTensor tensor = file.Tensors.Single(t => t.Name == name);
        return new ReadOnlySpan<float>(file.DataOf(tensor), (int)tensor.Elements).ToArray();
    }
}
