namespace Tessera.Architectures;

/// <summary>A matrix product with what the file has beside the matrix: <c>y = W x + b</c>, W of [outputs, inputs]. The host makes it.</summary>
public abstract class Linear
{
    /// <summary>The weight tensor's name.</summary>
    public required string Name { get; init; }

    /// <summary>Values per token that go in.</summary>
    public required int Inputs { get; init; }

    /// <summary>Values per token that come out.</summary>
    public required int Outputs { get; init; }
}
