namespace Tessera.Workbench.Explaining;

/// <summary>A choice.</summary>
/// <param name="Name">What was chosen about: <c>architecture</c>, <c>numerics</c>.</param>
/// <param name="Choice">What was chosen.</param>
/// <param name="Reason">Why.</param>
public sealed record ExplainedStage(string Name, string Choice, string Reason);
