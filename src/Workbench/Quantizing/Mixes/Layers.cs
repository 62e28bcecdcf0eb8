namespace Tessera.Workbench.Quantizing.Mixes;

/// <summary>The layers that rules name.</summary>
internal static class Layers
{
    public static LayerRange All { get; } = (_, _) => true;

    public static LayerRange FirstSixteenth { get; } = (index, count) => index < count / 16;

    public static LayerRange FirstEighth { get; } = (index, count) => index < count / 8;

    /// <summary>The first and the last eighth, where errors matter most, and every third between them.</summary>
    public static LayerRange OuterAndEveryThird { get; } = (index, count) =>
        index < count / 8 || index >= 7 * count / 8 || (index - (count / 8)) % 3 == 2;

    public static LayerRange First(int layers) => (index, _) => index < layers;
}
