using Tessera.Gguf;
using Tessera.Numerics;
using Xunit;

namespace Tessera.Conformance.Architectures;

public abstract partial class ArchitectureConformance
{
    [Fact]
    public void A_missing_tensor_is_named()
    {
        foreach (string tensor in CreateModel().Tensors.Keys.Where(tensor => !IsOptional(tensor)))
        {
            TestModel model = CreateModel();
            model.Tensors.Remove(tensor);

            GgufException error = Refuse(model, $"without '{tensor}'");

            Assert.Equal($"tensor '{tensor}'", error.Place);
        }
    }

    [Fact]
    public void A_tensor_of_another_shape_is_named_with_both_shapes()
    {
        foreach ((string tensor, (long[] dimensions, _)) in CreateModel().Tensors)
        {
            TestModel model = CreateModel();
            long[] other = [dimensions[0] + 1, .. dimensions[1..]];
            model.Tensors[tensor] = (other, new float[other.Aggregate((a, b) => a * b)]);

            GgufException error = Refuse(model, $"with '{tensor}' as [{string.Join(", ", other)}]");

            Assert.Equal($"tensor '{tensor}'", error.Place);
            Assert.Contains($"[{string.Join(", ", other)}]", error.Message, StringComparison.Ordinal);
            Assert.Contains($"[{string.Join(", ", dimensions)}]", error.Message, StringComparison.Ordinal);
        }
    }

    /// <remarks>A key may be optional, and some absurd numbers only meet tensors that do not fit; but nothing else may come of either.</remarks>
    [Fact]
    public void A_parameter_that_is_missing_or_absurd_is_a_GgufException_if_anything()
    {
        foreach (string key in ParametersOf(CreateModel()))
        {
            TryBuild($"without '{key}'", model => model.File.Remove(key));
            TryBuild($"with '{key}' of 0", model => model.File.Set(key, 0u));
            TryBuild($"with '{key}' of 3", model => model.File.Set(key, 3u));
            TryBuild($"with '{key}' of {uint.MaxValue}", model => model.File.Set(key, uint.MaxValue));
            TryBuild($"with '{key}' of another type", model => model.File.Set(key, "text"));
        }
    }

    private static string[] ParametersOf(TestModel model)
    {
        using GgufFile file = GgufFile.Read(model.ToArray(), "test.gguf");
        return [.. file.Metadata.Keys.Where(key => !key.StartsWith("general.", StringComparison.Ordinal))];
    }

    private void TryBuild(string how, Action<TestModel> change)
    {
        TestModel model = CreateModel();
        change(model);
        Exception? error = Record.Exception(() => Build(model));
        Assert.True(error is null or GgufException, $"a file {how}: {error}");
    }

    private GgufException Refuse(TestModel model, string how)
    {
        Exception? error = Record.Exception(() => Build(model));
        if (error is not GgufException refusal)
        {
            Assert.Fail($"a file {how}: {error?.ToString() ?? "was taken"}");
            return null;
        }

        return refusal;
    }

    private void Build(TestModel model) => Load(model, NumericsMode.Exact).Dispose();
}
