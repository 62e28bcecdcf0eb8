using System.Collections;

namespace TestPlugins;

/// <summary>Throws again when somebody reads it.</summary>
public sealed class UnreadableException : Exception
{
    public override string Message => throw new InvalidOperationException("not even a message");

    public override string? StackTrace => throw new InvalidOperationException("not even a trace");

    public override IDictionary Data => throw new InvalidOperationException("not even data");

    public override string? Source
    {
        get => throw new InvalidOperationException("not even a source");
        set => throw new InvalidOperationException("not even a source");
    }

    public override Exception GetBaseException() => throw new InvalidOperationException("not even a cause");

    public override string ToString() => throw new InvalidOperationException("not even a text");
}
