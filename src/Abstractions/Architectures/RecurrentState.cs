namespace Tessera.Architectures;

/// <summary>Declared numbers that every sequence carries from token to token, F32, zero at its beginning. The host makes it.</summary>
public abstract class RecurrentState
{
    /// <summary>Rows.</summary>
    public required int Rows { get; init; }

    /// <summary>Values per row.</summary>
    public required int Columns { get; init; }
}
