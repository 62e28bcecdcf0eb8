namespace Tessera.Workbench.Quantizing.Mixes;

/// <summary>What a matrix does in a model, as far as mixes tell matrices apart.</summary>
internal enum TensorRole
{
    /// <summary>None of the others.</summary>
    Other,

    /// <summary>The table of embeddings.</summary>
    TokenEmbedding,

    /// <summary>The matrix that gives the logits.</summary>
    Output,

    /// <summary>Queries.</summary>
    AttentionQuery,

    /// <summary>Keys.</summary>
    AttentionKey,

    /// <summary>Values, alone or together with queries or keys: errors in them reach every token that looks here.</summary>
    AttentionValue,

    /// <summary>What follows attention.</summary>
    AttentionOutput,

    /// <summary>The way back from the wide middle of a layer; its inputs vary the most.</summary>
    FeedForwardDown,
}
