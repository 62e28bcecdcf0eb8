using Tessera.Conformance;
using Tessera.Generation;
using Tessera.Gguf;
using Tessera.Loading;
using Tessera.Numerics;
using Tessera.Runtime.Threads;
using Tessera.Workbench.Tracing;

namespace Tessera.Architecture.Llama.Tests;

public class PlantedRotationTests
{
    [Fact]
    public async Task A_wrong_pairing_of_rotated_values_is_found_after_the_first_rotation()
    {
        string path = Golden.Path("models/stories3M.f16.gguf");
        var options = new ModelOptions { Numerics = NumericsMode.Exact, Threads = 2 };
        using LanguageModel right = await BuiltPlugins.Loader.LoadAsync(path, options, cancellationToken: TestContext.Current.CancellationToken);
        using var wrong = new LanguageModel(GgufModelFile.Open(path), new WrongPairing(right.Model), [], null, () => right.Tokenizer, NumericsMode.Exact, new WorkerPool(threads: 2));

        var comparison = TraceComparison.Of(Trace(right), Trace(wrong), 1e-5);

        Assert.Equal("Qcur-0 (2 of 2)", comparison.FirstBeyond!.Name);
        string[] before = ["inp_embd", "attn_norm-0", "Qcur-0 (1 of 2)", "Kcur-0 (1 of 2)", "Vcur-0"];
        Assert.Equal(before, comparison.Nodes.TakeWhile(node => node != comparison.FirstBeyond).Select(node => node.Name));
        Assert.True(comparison.FirstBeyond.Error > 0.1);

        // The rotation keeps norms: without values only the sum would tell.
        Assert.Equal(0, comparison.FirstBeyond.L2Error!.Value, 1e-6);
    }

    private static Trace Trace(LanguageModel model) => ModelTracer.Run(model, [1, 403, 407, 261, 378], cancellationToken: TestContext.Current.CancellationToken);
}
