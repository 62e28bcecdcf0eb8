namespace Tessera.Kernels.Tests;

/// <summary>Weights as they are, and as they hardly ever are.</summary>
internal static class RandomValues
{
    public static readonly string[] Kinds = ["normal", "positive", "negative", "zero", "constant", "sparse", "spike", "tiny", "subnormal", "huge", "any size"];

    public static float[] Of(string kind, int count, Random random)
    {
        float constant = Normal(random);
        return [.. Enumerable.Range(0, count).Select(_ => kind switch
        {
            "normal" => Normal(random),
            "positive" => MathF.Abs(Normal(random)),
            "negative" => -MathF.Abs(Normal(random)),
            "zero" => random.Next(2) == 0 ? 0f : -0f,
            "constant" => constant,
            "sparse" => random.Next(10) == 0 ? Normal(random) : 0,
            "spike" => random.Next(20) == 0 ? 1000 * Normal(random) : Normal(random),
            "tiny" => 1e-15f * Normal(random),
            "subnormal" => 1e-39f * Normal(random),
            "huge" => 1e37f * Normal(random),
            _ => Normal(random) * MathF.Pow(10, random.Next(-38, 37)),
        })];
    }

    private static float Normal(Random random) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
