using System.Globalization;

namespace Tessera.Fuzz.Harness;

/// <summary>Where inputs that fail are kept: the first of each kind, reduced, with what is known about it beside it.</summary>
internal sealed class FindingFolder(string folder, FuzzTarget target, ulong seed)
{
    private readonly HashSet<string> _keys = [];

    /// <summary>Whether nothing failed in the same way before.</summary>
    public bool IsNew(Failure failure) => _keys.Add($"{failure.Kind} {failure.Key}");

    public void Save(long index, Failure failure, FuzzInput input)
    {
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{target.Name}-{seed}-{index}{target.Extension}"));
        File.WriteAllBytes(file, input.File);
        string report = $"""
            {target.Name}: {failure.Kind}: {failure.Key}
              made by   {string.Join("; ", input.Changes)}
              replay    tests/Fuzz/run.sh replay {target.Name} {file}
              unreduced tests/Fuzz/run.sh replay {target.Name} {seed} {index}

            """;
        File.WriteAllText(file + ".txt", report + failure.Detail + "\n");
        Console.WriteLine(report.TrimEnd());
    }
}
