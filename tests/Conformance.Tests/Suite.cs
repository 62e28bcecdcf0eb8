using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Tessera.Conformance.Tests;

/// <summary>Runs the facts of a suite one at a time, to see which of them fail.</summary>
internal static class Suite
{
    /// <summary>The names of a suite's facts.</summary>
    public static IEnumerable<string> FactsOf(Type suite) =>
        suite.GetMethods().Where(method => method.GetCustomAttributes().Any(attribute => attribute is IFactAttribute)).Select(method => method.Name);

    /// <summary>Runs a fact, as a theory with all of its rows, up to the first failure; skips the running test where every row is skipped.</summary>
    /// <returns>What the fact threw, or null.</returns>
    public static async Task<Exception?> RunAsync(object suite, string fact)
    {
        MethodInfo method = suite.GetType().GetMethod(fact)!;
        var skipped = new List<string>();
        int passed = 0;
        foreach (object?[] arguments in await ArgumentsOf(method, skipped))
        {
            switch (Record.Exception(() => Invoke(method, suite, arguments)))
            {
                case null:
                    passed++;
                    break;
                case SkipException skip:
                    skipped.Add(skip.Message);
                    break;
                case Exception failure:
                    return failure;
            }
        }

        if (passed == 0)
        {
            Assert.Skip($"{fact} is skipped: {string.Join("; ", skipped.Distinct())}");
        }

        return null;
    }

    private static async Task<IReadOnlyList<object?[]>> ArgumentsOf(MethodInfo method, List<string> skipped)
    {
        if (method.GetParameters().Length == 0)
        {
            return [[]];
        }

        await using var disposal = new DisposalTracker();
        var rows = new List<object?[]>();
        foreach (IDataAttribute data in method.GetCustomAttributes().OfType<IDataAttribute>())
        {
            foreach (ITheoryDataRow row in await data.GetData(method, disposal))
            {
                if (row.Skip is null)
                {
                    rows.Add(row.GetData());
                }
                else
                {
                    skipped.Add(row.Skip);
                }
            }
        }

        return rows;
    }

    private static void Invoke(MethodInfo method, object suite, object?[] arguments) =>
        method.Invoke(suite, BindingFlags.DoNotWrapExceptions, null, arguments, null);
}
