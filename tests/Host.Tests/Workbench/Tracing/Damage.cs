using Tessera.Gguf.Files;

namespace Tessera.Host.Tests.Workbench.Tracing;

/// <summary>Damages a trace in many ways, always the same ones: it is read or refused by name, never anything else.</summary>
internal static class Damage
{
    private const string Characters = "[]{}(),.:=\"-0 9nae\n";

    public static void Check(string text)
    {
        var random = new Random(5);
        for (int i = 0; i < 3000; i++)
        {
            int at = random.Next(text.Length);
            int length = Math.Min(random.Next(1, 40), text.Length - at);
            string damaged = random.Next(4) switch
            {
                0 => text[..at],
                1 => text.Remove(at, length),
                2 => text.Insert(at, text.Substring(at, length)),
                _ => $"{text[..at]}{Characters[random.Next(Characters.Length)]}{text[(at + 1)..]}",
            };
            try
            {
                Assert.NotNull(Traces.Parse(damaged).OfLastPosition());
            }
            catch (InputFileException e)
            {
                Assert.StartsWith("trace.txt: ", e.Message, StringComparison.Ordinal);
            }
        }
    }
}
