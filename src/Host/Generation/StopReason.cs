namespace Tessera.Generation;

/// <summary>Why a generation ended.</summary>
public enum StopReason
{
    /// <summary>It goes on.</summary>
    None,

    /// <summary>The model made a token that ends generation.</summary>
    EndOfGeneration,

    /// <summary>A stop string appeared.</summary>
    StopString,

    /// <summary>As many tokens as were asked for.</summary>
    Length,

    /// <summary>The context is full.</summary>
    ContextFull,
}
