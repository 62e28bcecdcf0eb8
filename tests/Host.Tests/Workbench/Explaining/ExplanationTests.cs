using Tessera.Architecture.Llama.Tests;
using Tessera.Generation;
using Tessera.Gguf;
using Tessera.Host.Tests.Loading;
using Tessera.Loading;
using Tessera.Numerics;
using Tessera.Plugins;
using Tessera.Runtime.Processor;
using Tessera.Workbench.Explaining;

namespace Tessera.Host.Tests.Workbench.Explaining;

public class ExplanationTests(TinyEngine engine)
{
    [Fact]
    public void Tensors_that_differ_in_their_layer_alone_are_one_row_with_the_bytes_of_all()
    {
        ModelExplanation explanation = Explain(new TinyLlama());

        ExplainedTensors query = Assert.Single(explanation.Tensors, t => t.Name == "blk.*.attn_q.weight");
        Assert.Equal(2, query.Count);
        Assert.Equal([64, 64], query.Shape);
        Assert.Equal("F32", query.Type);
        Assert.StartsWith("Tessera.Quant.Float ", query.Plugin, StringComparison.Ordinal);
        Assert.Equal(2 * 64 * 64 * 4, query.FileBytes);
        Assert.Equal(12, explanation.Tensors.Count);
    }

    [Fact]
    public void Layers_of_two_types_are_two_rows()
    {
        var model = new TinyLlama();
        model.Formats["blk.1.attn_q.weight"] = GgmlType.Q8_0;

        Assert.Equal(
            ["F32", "Q8_0"],
            Explain(model).Tensors.Where(t => t.Name == "blk.*.attn_q.weight").Select(t => t.Type));
    }

    [Fact]
    public void Tables_vectors_matrices_and_what_nobody_uses_are_told_apart()
    {
        var model = new TinyLlama();
        model.Tensors["extra.weight"] = ([8], new float[8]);
        model.Formats["extra.weight"] = (GgmlType)12345;

        ModelExplanation explanation = Explain(model, new ModelOptions { Repack = false });

        Assert.Equal(("rows dequantized as they are looked up", "mapped", 0L), Of(explanation, "token_embd.weight"));
        Assert.Equal(("dequantized when loaded", "copied", 2 * 64 * 4L), Of(explanation, "blk.*.attn_norm.weight"));
        Assert.Equal(("rows", "mapped", 0L), Of(explanation, "output.weight"));
        Assert.Equal(("unused", "none", 0L), Of(explanation, "extra.weight"));
        Assert.Null(Assert.Single(explanation.Tensors, t => t.Name == "extra.weight").Plugin);
    }

    [Fact]
    public void A_table_that_serves_for_the_output_too_has_a_row_for_each_use()
    {
        ModelExplanation explanation = Explain(new TinyLlama(new TinyShape { Tied = true }), new ModelOptions { Repack = false });

        Assert.Equal(["rows dequantized as they are looked up", "rows"], explanation.Tensors.Where(t => t.Name == "token_embd.weight").Select(t => t.Kernel));
    }

    [Theory]
    [InlineData(NumericsMode.Fast, true)]
    [InlineData(NumericsMode.Fast, false)]
    [InlineData(NumericsMode.Exact, true)]
    public async Task Kernel_place_and_bytes_are_those_that_the_model_then_has(NumericsMode numerics, bool repack)
    {
        string path = engine.Save(new TinyLlama { MatrixType = GgmlType.Q8_0 });
        var options = new ModelOptions { Numerics = numerics, Repack = repack };

        ModelExplanation explanation = engine.Explainer.Explain(path, options, TestContext.Current.CancellationToken);

        using LanguageModel model = await engine.Loader.LoadAsync(path, options, cancellationToken: TestContext.Current.CancellationToken);
        ExplainedTensors[] matrices = [.. explanation.Tensors.Where(t => t.Name.StartsWith("blk.*.", StringComparison.Ordinal) && t.Shape.Count == 2)];
        Assert.Equal(7, matrices.Length);
        foreach (ExplainedTensors tensors in matrices)
        {
            Assert.Contains(model.Matrices, bound => bound.Weights.Kernel == tensors.Kernel
                && bound.Weights.ReadsSource == (tensors.Placement == "mapped") && 2 * bound.Weights.OwnBytes == tensors.MemoryBytes);
            Assert.Equal(numerics == NumericsMode.Exact ? null : ProcessorFeatures.BestSimd, tensors.Simd);
        }
    }

    [Fact]
    public void Every_stage_tells_its_choice_and_why()
    {
        ModelExplanation explanation = Explain(
            TinyVocabulary.Alphabet(), new ModelOptions { Numerics = NumericsMode.Exact, Threads = 3, EmitCode = false });

        Dictionary<string, ExplainedStage> stages = explanation.Stages.ToDictionary(stage => stage.Name);
        Assert.Equal(["plugins", "architecture", "tokenizer", "formats", "numerics", "instruction set", "packing", "assembled kernels", "threads", "KV cache"],
            explanation.Stages.Select(s => s.Name));
        Assert.StartsWith("llama: Tessera.Architecture.Llama ", stages["architecture"].Choice, StringComparison.Ordinal);
        Assert.Contains("general.architecture", stages["architecture"].Reason, StringComparison.Ordinal);
        Assert.StartsWith("llama: Tessera.Tokenizer.Spm ", stages["tokenizer"].Choice, StringComparison.Ordinal);
        Assert.Equal("F32", stages["formats"].Choice);
        Assert.Equal("exact", stages["numerics"].Choice);
        Assert.Equal(new ExplainedStage("threads", "3", "asked for"), stages["threads"]);
        Assert.Equal(new ExplainedStage("assembled kernels", "no", "asked for: .NET's intrinsics only"), stages["assembled kernels"]);

        // Keys and values of 2 layers, 2 heads, 16 values and 256 positions, F32.
        Assert.Equal("F32, 2048 positions, 131,072 bytes for every 256 of a session", stages["KV cache"].Choice);
    }

    [Fact]
    public void Threads_in_their_places_are_explained()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Threads are placed on Linux only.");
        var options = new ModelOptions { PinThreads = true, Numa = true, Threads = 1 };

        ExplainedStage threads = Explain(TinyVocabulary.Alphabet(), options).Stages.Single(stage => stage.Name == "threads");

        Assert.Equal(
            new ExplainedStage("threads", "1, each on a core of its own, distributed over 1 node of memory", "asked for, placed as asked for"), threads);
    }

    [Fact]
    public void A_model_without_a_tokenizer_is_explained()
    {
        Assert.Contains(Explain(new TinyLlama()).Stages, stage => stage is { Name: "tokenizer", Choice: "none" });
    }

    [Fact]
    public void What_is_missing_is_missing_here_too()
    {
        var model = new TinyLlama();
        model.Formats["output.weight"] = (GgmlType)12345;

        Assert.Throws<MissingPluginException>(() => Explain(model));
    }

    [Fact]
    public void Explaining_stops_when_it_is_asked_to()
    {
        var stopped = new CancellationToken(canceled: true);
        string path = engine.Save(TinyVocabulary.Alphabet());

        Assert.Throws<OperationCanceledException>(() => engine.Explainer.Explain(path, cancellationToken: stopped));
    }

    private ModelExplanation Explain(TinyLlama model, ModelOptions? options = null) =>
        engine.Explainer.Explain(engine.Save(model), options, TestContext.Current.CancellationToken);

    private static (string Kernel, string Placement, long MemoryBytes) Of(ModelExplanation explanation, string name)
    {
        ExplainedTensors tensors = Assert.Single(explanation.Tensors, t => t.Name == name);
        return (tensors.Kernel, tensors.Placement, tensors.MemoryBytes);
    }
}
