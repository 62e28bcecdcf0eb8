using System.Globalization;
using Tessera.Conformance;

namespace Tessera.Architecture.Llama.Tests;

public class GoldenLogitsTests
{
    // What the reference's README asks of exact numerics.
    private const double LargestError = 1e-6;

    [Fact]
    public async Task Exact_logits_are_the_references()
    {
        int[] ids = [.. File.ReadAllText(Golden.Path("architectures/ids.txt")).Split(',').Select(id => int.Parse(id, CultureInfo.InvariantCulture))];
        float[] expected = Golden.Floats("architectures/llama-dense.logits.f32");

        float[] actual = await TinyModel.Logits(Golden.Path("architectures/llama-dense.gguf"), ids);

        Assert.Equal(expected.Length, actual.Length);
        double error = expected.Zip(actual, (e, a) => Math.Pow(e - a, 2)).Sum() / expected.Sum(e => (double)e * e);
        Assert.InRange(error, 0, LargestError);
    }
}
