namespace Tessera.Architectures;

/// <summary>Matrices of one shape in one tensor, [count, outputs, inputs]: the experts of a layer. The host makes it.</summary>
public abstract class LinearStack
{
    /// <summary>The weight tensor's name.</summary>
    public required string Name { get; init; }

    /// <summary>Matrices.</summary>
    public required int Count { get; init; }

    /// <summary>Values per token that go into each.</summary>
    public required int Inputs { get; init; }

    /// <summary>Values per token that come out of each.</summary>
    public required int Outputs { get; init; }
}
