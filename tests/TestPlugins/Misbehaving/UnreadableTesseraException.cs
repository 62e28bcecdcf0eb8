namespace TestPlugins;

/// <summary>Looks like an error that is meant for people, and throws again when somebody reads it.</summary>
public sealed class UnreadableTesseraException() : Tessera.TesseraException("unseen")
{
    public override string Message => throw new InvalidOperationException("not even a message");
}
