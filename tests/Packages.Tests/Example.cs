namespace Tessera.Packages.Tests;

/// <summary>A command on a page, and what the page says that a terminal shows then.</summary>
/// <param name="Line">The line of the page that it is on, from 1.</param>
/// <param name="Command">The command, which may have several lines.</param>
/// <param name="Output">The lines that follow; <c>...</c> stands for any lines, and in a line for any text.</param>
internal sealed record Example(int Line, string Command, List<string> Output)
{
    private const string Fence = "```", Console = "console", Prompt = "$ ";

    /// <summary>The examples of a page: commands of blocks of <c>console</c>, and files of blocks that name one, <c>csharp Program.cs</c>.</summary>
    public static List<Example> Read(string page)
    {
        var examples = new List<Example>();
        string? kind = null;
        int number = 0;
        foreach (string line in File.ReadLines(page))
        {
            number++;
            if (line.StartsWith(Fence, StringComparison.Ordinal))
            {
                kind = kind is null ? line[Fence.Length..] : null;
                if (kind?.Split(' ') is [_, string file])
                {
                    examples.Add(new Example(number, $"cat > {file} << '{Fence}'\n{Fence}", []));
                }
            }
            else if (kind == Console && line.StartsWith(Prompt, StringComparison.Ordinal))
            {
                examples.Add(new Example(number, line[Prompt.Length..], []));
            }
            else if (kind == Console)
            {
                examples[^1].Output.Add(line);
            }
            else if (kind?.Contains(' ') == true)
            {
                examples[^1] = examples[^1] with { Command = examples[^1].Command.Insert(examples[^1].Command.Length - Fence.Length, line + '\n') };
            }
        }

        return examples;
    }
}
