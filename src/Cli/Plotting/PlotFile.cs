using ScottPlot;
using SkiaSharp;

namespace Tessera.Cli.Plotting;

/// <summary>Plots as a picture, one below the other.</summary>
internal static class PlotFile
{
    /// <summary>Whether the path ends as a kind of picture that can be written.</summary>
    public static bool CanWrite(string path) => Path.GetExtension(path).ToUpperInvariant() is ".PNG" or ".SVG";

    public static void Write(string path, int width, int height, params Plot[] plots)
    {
        var picture = new Multiplot(plots[0]);
        foreach (Plot plot in plots.AsSpan(1))
        {
            picture.AddPlot(plot);
        }

        AtomicFile.Write(path, file =>
        {
            var area = new PixelRect(0, width, height, 0);
            if (Path.GetExtension(path).Equals(".svg", StringComparison.OrdinalIgnoreCase))
            {
                using SKCanvas canvas = SKSvgCanvas.Create(new SKRect(0, 0, width, height), file);
                picture.Render(canvas, area);
            }
            else
            {
                using SKSurface surface = SKSurface.Create(new SKImageInfo(width, height));
                picture.Render(surface.Canvas, area);
                using SKImage image = surface.Snapshot();
                using SKData data = image.Encode(SKEncodedImageFormat.Png, quality: 100);
                data.SaveTo(file);
            }
        });
    }
}
