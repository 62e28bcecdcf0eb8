namespace Tessera.Plugins;

/// <summary>What a plugin threw, as text: an exception of a plugin's own class may throw when somebody reads it.</summary>
/// <param name="description">The message and the class, one line.</param>
/// <param name="details">All that it tells, with the stack trace.</param>
internal sealed class PluginFault(string description, string details) : Exception(description)
{
    /// <inheritdoc/>
    public override string ToString() => details;
}
