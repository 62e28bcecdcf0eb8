using Tessera.Generation;
using Tessera.Workbench.Tracing;

namespace Tessera.Architecture.Llama.Tests;

public class PlantedRotationTests
{
    [Fact]
    public void A_rotation_by_wrong_angles_is_found_after_the_first_rotation()
    {
        using LanguageModel right = TinyModel.Load(new TinyLlama());
        using LanguageModel wrong = TinyModel.Load(new TinyLlama(new TinyShape { FrequencyBase = 500 }));

        var comparison = TraceComparison.Of(Trace(right), Trace(wrong), 1e-5);

        Assert.Equal("Qcur-0 (2 of 2)", comparison.FirstBeyond!.Name);
        string[] before = ["inp_embd", "attn_norm-0", "Qcur-0 (1 of 2)", "Kcur-0 (1 of 2)", "Vcur-0"];
        Assert.Equal(before, comparison.Nodes.TakeWhile(node => node != comparison.FirstBeyond).Select(node => node.Name));
        Assert.True(comparison.FirstBeyond.Error > 0.1);

        // The rotation keeps norms: without values only the sum would tell.
        Assert.Equal(0, comparison.FirstBeyond.L2Error!.Value, 1e-6);
    }

    private static Trace Trace(LanguageModel model) => ModelTracer.Run(model, [1, 5, 9, 17, 30], cancellationToken: TestContext.Current.CancellationToken);
}
