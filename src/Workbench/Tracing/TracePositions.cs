namespace Tessera.Workbench.Tracing;

/// <summary>Which tokens of a prompt a trace tells about.</summary>
public enum TracePositions
{
    /// <summary>The last one, whose logits the next token is drawn from.</summary>
    Last,

    /// <summary>All of them. What follows the last layer's attention is computed for the last one only.</summary>
    All,
}
