using System.Runtime.InteropServices;
using Tessera.Gguf;
using Tessera.Workbench.Quantizing;

namespace Tessera.Host.Tests.Workbench.Quantizing;

public sealed class ModelQuantizerTests : IDisposable
{
    private readonly QuantizerFixture _fixture = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Output => _fixture.File("out.gguf");

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Matrices_are_quantized_and_everything_else_stays()
    {
        GgufWriter model = Model();
        float[] norm = QuantizerFixture.AddWeights(model, "blk.0.attn_norm.weight", 64);
        float[] bias = QuantizerFixture.AddWeights(model, "blk.0.attn_q.bias", 64, 2);
        float[] router = QuantizerFixture.AddWeights(model, "blk.0.ffn_gate_inp.weight", 64, 4);
        float[] weights = QuantizerFixture.AddWeights(model, "blk.0.attn_q.weight", 64, 3);

        Quantize(model, "Bytes32");

        using GgufFile file = GgufFile.Open(Output);
        Assert.Equal(["blk.0.attn_norm.weight", "blk.0.attn_q.bias", "blk.0.attn_q.weight", "blk.0.ffn_gate_inp.weight"], file.Tensors.Select(t => t.Name));
        Assert.Equal([GgmlType.F32, GgmlType.F32, (GgmlType)220, GgmlType.F32], file.Tensors.Select(t => t.Type));
        Assert.Equal([.. weights.Select(w => (sbyte)MathF.Round(w * 32))], DataOf<sbyte>(file, 2));
        Assert.Equal(norm, DataOf<float>(file, 0));
        Assert.Equal(bias, DataOf<float>(file, 1));
        Assert.Equal(router, DataOf<float>(file, 3));
    }

    [Fact]
    public void Metadata_keeps_its_order_and_ends_as_llama_quantize_ends_it()
    {
        var model = new GgufWriter();
        model.Set("general.file_type", 1u);
        model.Set("general.architecture", "llama");
        model.Set("split.count", (ushort)1);
        model.SetArray("z", ["b", "a"]);
        model.Set("general.quantization_version", 1u);
        model.Set("a", 1.5f);
        QuantizerFixture.AddWeights(model, "blk.0.ffn_up.weight", 32, 2);

        Quantize(model, "F32");

        using GgufFile file = GgufFile.Open(Output);
        Assert.Equal(["general.architecture", "z", "a", "general.quantization_version", "general.file_type"], file.Metadata.Keys);
        Assert.Equal((2, 0), (file.Metadata.GetInt32("general.quantization_version"), file.Metadata.GetInt32("general.file_type")));
    }

    [Fact]
    public void A_format_that_is_no_mix_has_no_number_for_the_file()
    {
        GgufWriter model = Model();
        model.Set("general.file_type", 1u);
        QuantizerFixture.AddWeights(model, "blk.0.ffn_up.weight", 32, 2);

        Quantize(model, "bytes4");

        using GgufFile file = GgufFile.Open(Output);
        Assert.DoesNotContain("general.file_type", file.Metadata.Keys);
    }

    [Fact]
    public void The_threads_change_nothing()
    {
        GgufWriter model = Model();
        QuantizerFixture.AddWeights(model, "blk.0.ffn_up.weight", 96, 5000);
        QuantizerFixture.AddWeights(model, "blk.0.ffn_down.weight", 40_000, 3);

        Quantize(model, "Bytes32", threads: 1);
        byte[] one = File.ReadAllBytes(Output);
        Quantize(model, "Bytes32", threads: 3);

        Assert.Equal(one, File.ReadAllBytes(Output));
    }

    [Fact]
    public void A_tensor_of_several_batches_is_written_in_order()
    {
        GgufWriter model = Model();
        float[] weights = QuantizerFixture.AddWeights(model, "blk.0.ffn_up.weight", 4096, 5000);

        Quantize(model, "Bytes32", threads: 2);

        using GgufFile file = GgufFile.Open(Output);
        Assert.Equal(Array.ConvertAll(weights, w => (sbyte)MathF.Round(w * 32)), DataOf<sbyte>(file, 0));
    }

    [Fact]
    public void The_parts_of_a_split_model_become_one_file()
    {
        GgufWriter first = Model();
        first.Set("split.no", (ushort)0);
        first.Set("split.count", (ushort)2);
        first.Set("split.tensors.count", 2);
        QuantizerFixture.AddWeights(first, "blk.1.ffn_up.weight", 32, 2);
        var second = new GgufWriter();
        second.Set("split.no", (ushort)1);
        second.Set("split.count", (ushort)2);
        QuantizerFixture.AddWeights(second, "blk.0.ffn_up.weight", 32, 2);
        _fixture.Save(second, "model-00002-of-00002.gguf");
        GgufWriter whole = Model();
        QuantizerFixture.AddWeights(whole, "blk.0.ffn_up.weight", 32, 2);
        QuantizerFixture.AddWeights(whole, "blk.1.ffn_up.weight", 32, 2);
        Quantize(whole, "Bytes32");
        byte[] expected = File.ReadAllBytes(Output);

        _fixture.Quantizer.Quantize(
            _fixture.Save(first, "model-00001-of-00002.gguf"), Output, new QuantizationOptions { Type = "Bytes32" }, cancellationToken: Cancellation);

        Assert.Equal(expected, File.ReadAllBytes(Output));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2999, 63)]
    [InlineData(1500, 9)]
    public void The_first_weight_that_is_no_number_is_named_and_no_file_is_left(int row, int column)
    {
        GgufWriter model = Model();
        var weights = new float[64 * 3000];
        weights[(row * 64) + column] = float.NaN;
        weights[^1] = float.NegativeInfinity;
        model.AddTensor("blk.0.ffn_up.weight", GgmlType.F32, [64, 3000], MemoryMarshal.AsBytes<float>(weights).ToArray());

        var error = Assert.Throws<GgufException>(() => Quantize(model, "Bytes32", threads: 2));

        Assert.Equal("tensor 'blk.0.ffn_up.weight'", error.Place);
        Assert.Contains($"row {row}, column {column} is ", error.Message, StringComparison.Ordinal);
        Assert.Equal(["model.gguf"], FilesLeft());
    }

    [Fact]
    public void A_vector_that_is_only_copied_is_looked_at_too()
    {
        GgufWriter model = Model();
        model.AddTensor("output_norm.weight", GgmlType.F32, [3], MemoryMarshal.AsBytes<float>([1, float.PositiveInfinity, 2]).ToArray());

        var error = Assert.Throws<GgufException>(() => Quantize(model, "Bytes32"));

        Assert.Contains("row 0, column 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plugin_that_fails_is_named()
    {
        GgufWriter model = Model();
        QuantizerFixture.AddWeights(model, "blk.0.ffn_up.weight", 32, 2);

        var error = Assert.Throws<TesseraException>(() => Quantize(model, "222"));

        Assert.Contains("TestPlugins.Quantizers", error.Message, StringComparison.Ordinal);
        Assert.Contains("no luck in Quantize", error.Message, StringComparison.Ordinal);
        Assert.Equal(["model.gguf"], FilesLeft());
    }

    [Fact]
    public void Cancelling_leaves_what_was_there()
    {
        GgufWriter model = Model();
        QuantizerFixture.AddWeights(model, "blk.0.ffn_up.weight", 32, 2);
        QuantizerFixture.AddWeights(model, "blk.1.ffn_up.weight", 32, 2);
        Quantize(model, "Bytes32");
        byte[] before = File.ReadAllBytes(Output);
        using var cancelled = new CancellationTokenSource();
        var seen = new List<QuantizationProgress>();
        var progress = new Observer(p =>
        {
            seen.Add(p);
            cancelled.Cancel();
        });

        Assert.ThrowsAny<OperationCanceledException>(() =>
            _fixture.Quantizer.Quantize(_fixture.File("model.gguf"), Output, new QuantizationOptions { Type = "Bytes4" }, progress, cancelled.Token));

        Assert.Equal([new QuantizationProgress("blk.0.ffn_up.weight", 64, 128)], seen);
        Assert.Equal(before, File.ReadAllBytes(Output));
        Assert.Equal(["model.gguf", "out.gguf"], FilesLeft());
    }

    [Fact]
    public void An_earlier_model_is_replaced()
    {
        GgufWriter model = Model();
        QuantizerFixture.AddWeights(model, "blk.0.ffn_up.weight", 32, 2);
        Quantize(model, "Bytes32");
        Quantize(model, "Bytes4");

        using GgufFile file = GgufFile.Open(Output);
        Assert.Equal((GgmlType)221, file.Tensors[0].Type);
    }

    [Theory]
    [InlineData("model.gguf")]
    [InlineData("./model.gguf")]
    [InlineData("link.gguf")]
    [InlineData("hard.gguf")]
    public void The_model_itself_is_never_written_over(string name)
    {
        GgufWriter model = Model();
        QuantizerFixture.AddWeights(model, "blk.0.ffn_up.weight", 32, 2);
        string path = _fixture.Save(model);
        File.CreateSymbolicLink(_fixture.File("link.gguf"), path);
        HardLink(path, _fixture.File("hard.gguf"));
        byte[] before = File.ReadAllBytes(path);

        var error = Assert.Throws<TesseraException>(() =>
            _fixture.Quantizer.Quantize(
                path, Path.Combine(_fixture.Folder, name), new QuantizationOptions { Type = "Bytes32" }, cancellationToken: Cancellation));

        Assert.Contains("is not replaced", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Fact]
    public void What_is_no_model_is_not_replaced()
    {
        GgufWriter model = Model();
        QuantizerFixture.AddWeights(model, "blk.0.ffn_up.weight", 32, 2);
        File.WriteAllText(Output, "notes");

        Assert.Throws<TesseraException>(() => Quantize(model, "Bytes32"));

        Assert.Equal("notes", File.ReadAllText(Output));
    }

    private static GgufWriter Model()
    {
        var writer = new GgufWriter();
        writer.Set("general.architecture", "llama");
        return writer;
    }

    private void Quantize(GgufWriter model, string type, int threads = 0) => _fixture.Quantizer.Quantize(
        _fixture.Save(model), Output, new QuantizationOptions { Type = type, Threads = threads }, cancellationToken: Cancellation);

    private static unsafe T[] DataOf<T>(GgufFile file, int tensor)
        where T : unmanaged =>
        new ReadOnlySpan<T>(file.DataOf(file.Tensors[tensor]), (int)file.Tensors[tensor].Elements).ToArray();

    private IEnumerable<string?> FilesLeft() => Directory.GetFiles(_fixture.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    /// <summary>.NET has no call for it.</summary>
    private static void HardLink(string target, string link)
    {
        using var process = System.Diagnostics.Process.Start(
            OperatingSystem.IsWindows() ? "fsutil" : "ln", OperatingSystem.IsWindows() ? ["hardlink", "create", link, target] : [target, link]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private sealed class Observer(Action<QuantizationProgress> report) : IProgress<QuantizationProgress>
    {
        public void Report(QuantizationProgress value) => report(value);
    }
}
