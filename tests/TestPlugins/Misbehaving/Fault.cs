using System.Globalization;

namespace TestPlugins;

/// <summary>
/// What the file <c>fault</c> in the plugin's folder says: <c>PLACE:WHAT</c>. At that place the plugin does that; everywhere else it behaves.
/// </summary>
internal static class Fault
{
    private static readonly string Folder = Path.GetDirectoryName(typeof(Fault).Assembly.Location)!;
    private static readonly string[] Chosen = Read();

    /// <summary>Throws, if this is the place and that is what to do.</summary>
    public static void At(string place)
    {
        switch (WhatAt(place))
        {
            case "throw":
                throw new InvalidOperationException("no luck");
            case "cancel":
                throw new OperationCanceledException("no luck", new CancellationToken(canceled: true));
            case "task":
                throw new TaskCanceledException("no luck");
            case "interrupt":
                throw new ThreadInterruptedException("no luck");
            case "memory":
                throw new InsufficientMemoryException("no luck");
            case "null":
                _ = ((object)null!).GetHashCode();
                break;
            case "long":
                throw new InvalidOperationException(new string('x', 100_000) + "\n\u001b[31m\u0007");
            case "unreadable":
                throw new UnreadableException();
            case "hidden":
                throw new InvalidOperationException("no luck", new UnreadableException());
            case "foreign":
                throw new UnreadableTesseraException();
            case "inner":
                throw new Tessera.TesseraException("no luck", new UnreadableException());
            case "tell and wait":
                using (var listener = new StreamWriter(new FileStream(Chosen[2], FileMode.Open, FileAccess.Write, FileShare.ReadWrite)))
                {
                    listener.Write(Folder);
                }

                Thread.Sleep(Timeout.Infinite);
                break;
            case "endless":
                throw new Tessera.TesseraException(new string('x', 100_000));
            default:
                break;
        }
    }

    /// <summary>A value as it should be, or the one to tell instead.</summary>
    public static long Number(string place, long value)
    {
        At(place);
        return long.TryParse(WhatAt(place), CultureInfo.InvariantCulture, out long other) ? other : value;
    }

    /// <summary>A value as it should be, or nothing.</summary>
    public static T? Thing<T>(string place, T value)
        where T : class
    {
        At(place);
        return WhatAt(place) == "nothing" ? null : value;
    }

    private static string? WhatAt(string place) => Chosen[0] == place ? Chosen[1] : null;

    private static string[] Read()
    {
        string file = Path.Combine(Folder, "fault");
        return File.Exists(file) ? File.ReadAllText(file).Split(':') : ["nowhere", ""];
    }
}
