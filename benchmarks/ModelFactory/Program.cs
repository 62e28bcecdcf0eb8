using System.Diagnostics;
using System.Globalization;
using Tessera.Gguf;
using Tessera.ModelFactory;

NamedShape? shape = args.Length is 3 or 4 ? NamedShape.All.FirstOrDefault(s => s.Name.Equals(args[0], StringComparison.OrdinalIgnoreCase)) : null;
Mixture? mixture = shape is null ? null : Mixture.All.FirstOrDefault(m => m.Name.Equals(args[1], StringComparison.OrdinalIgnoreCase));
ulong seed = 1;
if (shape is null || mixture is null || (args.Length == 4 && !ulong.TryParse(args[3], CultureInfo.InvariantCulture, out seed)))
{
    Console.Error.WriteLine("Writes a Llama model with random weights.");
    Console.Error.WriteLine("usage: ModelFactory SHAPE FORMAT FILE [SEED]");
    Console.Error.WriteLine($"  SHAPE   {string.Join(", ", NamedShape.All.Select(s => s.Name))}");
    Console.Error.WriteLine($"  FORMAT  {string.Join(", ", Mixture.All.Select(m => m.Name))}");
    return 1;
}

long start = Stopwatch.GetTimestamp();
GgufWriter writer = RandomModel.Create(shape, mixture, seed);
string path = Path.GetFullPath(args[2]);
string unfinished = path + ".tmp";
using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 20))
{
    writer.WriteTo(file);
}

File.Move(unfinished, path, overwrite: true);
Console.WriteLine(
    string.Create(CultureInfo.InvariantCulture, $"{path}: {new FileInfo(path).Length / 1e6:F0} MB in {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s"));
return 0;
