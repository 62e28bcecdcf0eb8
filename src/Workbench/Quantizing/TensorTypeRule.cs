using System.IO.Enumeration;

namespace Tessera.Workbench.Quantizing;

/// <summary>A type for all tensors whose whole name a pattern matches.</summary>
/// <param name="Pattern">The name, where <c>*</c> stands for any text and <c>?</c> for one character: <c>blk.?.attn_v.weight</c>.</param>
/// <param name="Type">A format's name or number.</param>
public sealed record TensorTypeRule(string Pattern, string Type)
{
    internal bool Matches(string name) => FileSystemName.MatchesSimpleExpression(Pattern, name, ignoreCase: false);
}
