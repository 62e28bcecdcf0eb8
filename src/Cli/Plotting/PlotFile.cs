using ScottPlot;
using SkiaSharp;

namespace Tessera.Cli.Plotting;

/// <summary>Plots as a picture, one below the other.</summary>
internal static class PlotFile
{
    /// <summary>Whether the path ends as a kind of picture that can be written.</summary>
    public static bool CanWrite(string path) => Path.GetExtension(path).ToUpperInvariant() is ".PNG" or ".SVG";

    /// <summary>Whether the path asks for a drawing; otherwise it is an image.</summary>
    public static bool IsSvg(string path) => Path.GetExtension(path).Equals(".svg", StringComparison.OrdinalIgnoreCase);

    public static void Write(Stream file, bool svg, int width, int height, params Plot[] plots)
    {
        var picture = new Multiplot(plots[0]);
        foreach (Plot plot in plots.AsSpan(1))
        {
            picture.AddPlot(plot);
        }

        var area = new PixelRect(0, width, height, 0);
        if (svg)
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
    }
}
