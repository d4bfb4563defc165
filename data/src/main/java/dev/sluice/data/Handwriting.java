package dev.sluice.data;

import dev.sluice.engine.Rng;
import java.util.ArrayList;
import java.util.List;

/**
 * One written digit as ink: a skeleton whose points are moved as a hand moves them, bent, slanted,
 * turned and stretched, then brought to the size and place that MNIST gives its digits (longest
 * side about 20 pixels, centre of mass in the middle of 28 by 28). Units are pixels.
 */
final class Handwriting {
    private static final int STEPS = 7;

    /** How much of one point's displacement the next point shares. */
    private static final double MEMORY = 0.6;

    /** A piece of stroke: a segment whose pen radius changes evenly along it. */
    record Piece(double x0, double y0, double r0, double x1, double y1, double r1) {}

    private final Rng rng;
    private final List<List<double[]>> curves = new ArrayList<>();

    private Handwriting(Rng rng) {
        this.rng = rng;
    }

    /** The pieces of {@code skeleton}, written once with the chances of {@code rng}. */
    static List<Piece> write(List<List<DigitSkeletons.Point>> skeleton, Rng rng) {
        Handwriting hand = new Handwriting(rng);
        double wobble = rng.uniform(1.0, 3.5);
        for (List<DigitSkeletons.Point> stroke : skeleton) {
            hand.curves.add(smooth(hand.moved(stroke, wobble)));
        }
        hand.bend();
        hand.turn();
        return hand.ink();
    }

    private List<DigitSkeletons.Point> moved(List<DigitSkeletons.Point> stroke, double wobble) {
        List<DigitSkeletons.Point> moved = new ArrayList<>();
        double dx = wobble * rng.nextGaussian();
        double dy = wobble * rng.nextGaussian();
        for (DigitSkeletons.Point p : stroke) {
            moved.add(new DigitSkeletons.Point(p.x() + dx, p.y() + dy, p.corner()));
            dx = MEMORY * dx + wobble * rng.nextGaussian();
            dy = MEMORY * dy + wobble * rng.nextGaussian();
        }
        int last = moved.size() - 1;
        moved.set(0, towards(moved.get(0), moved.get(1), rng.uniform(-0.15, 0.25)));
        moved.set(last, towards(moved.get(last), moved.get(last - 1), rng.uniform(-0.15, 0.3)));
        return moved;
    }

    private static DigitSkeletons.Point towards(
            DigitSkeletons.Point from, DigitSkeletons.Point to, double share) {
        return new DigitSkeletons.Point(
                from.x() + share * (to.x() - from.x()),
                from.y() + share * (to.y() - from.y()),
                from.corner());
    }

    /** A Catmull-Rom curve through the points, cut at corners. */
    private static List<double[]> smooth(List<DigitSkeletons.Point> p) {
        List<double[]> curve = new ArrayList<>();
        for (int i = 0; i + 1 < p.size(); i++) {
            DigitSkeletons.Point b = p.get(i);
            DigitSkeletons.Point c = p.get(i + 1);
            DigitSkeletons.Point a = i == 0 || b.corner() ? b : p.get(i - 1);
            DigitSkeletons.Point d = i + 2 == p.size() || c.corner() ? c : p.get(i + 2);
            for (int s = 0; s < STEPS; s++) {
                double t = (double) s / STEPS;
                curve.add(
                        new double[] {
                            spline(a.x(), b.x(), c.x(), d.x(), t),
                            spline(a.y(), b.y(), c.y(), d.y(), t)
                        });
            }
        }
        DigitSkeletons.Point end = p.get(p.size() - 1);
        curve.add(new double[] {end.x(), end.y()});
        return curve;
    }

    private static double spline(double a, double b, double c, double d, double t) {
        return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
    }

    /** Elastic bend: two long waves of random direction push every point. */
    private void bend() {
        for (int wave = 0; wave < 2; wave++) {
            double fx = rng.uniform(-0.012, 0.012);
            double fy = rng.uniform(-0.012, 0.012);
            double phase = rng.uniform(0, 2 * Math.PI);
            double ax = 5.5 * rng.nextGaussian();
            double ay = 5.5 * rng.nextGaussian();
            for (List<double[]> curve : curves) {
                for (double[] point : curve) {
                    double s =
                            StrictMath.sin(2 * Math.PI * (fx * point[0] + fy * point[1]) + phase);
                    point[0] += ax * s;
                    point[1] += ay * s;
                }
            }
        }
    }

    /** Random affine map: stretch, slant and rotation. */
    private void turn() {
        double stretch = StrictMath.exp(0.16 * rng.nextGaussian());
        double slant = 0.15 + 0.25 * rng.nextGaussian();
        double angle = 0.10 * rng.nextGaussian();
        double cos = StrictMath.cos(angle);
        double sin = StrictMath.sin(angle);
        for (List<double[]> curve : curves) {
            for (double[] point : curve) {
                double y = point[1] - 50;
                double x = stretch * (point[0] - 50) - slant * y;
                point[0] = cos * x - sin * y;
                point[1] = sin * x + cos * y;
            }
        }
    }

    private List<Piece> ink() {
        double radius =
                Math.max(0.6, Math.min(1.9, 1.02 * StrictMath.exp(0.3 * rng.nextGaussian())));
        double scale = scale(radius);
        double pressure = rng.uniform(0, 0.25);
        double rate = rng.uniform(0.05, 0.35);
        double phase = rng.uniform(0, 2 * Math.PI);
        List<Piece> pieces = new ArrayList<>();
        double mass = 0;
        double massX = 0;
        double massY = 0;
        for (List<double[]> curve : curves) {
            for (int i = 0; i + 1 < curve.size(); i++) {
                double[] p = curve.get(i);
                double[] q = curve.get(i + 1);
                double r0 = radius * (1 + pressure * StrictMath.sin(rate * i + phase));
                double r1 = radius * (1 + pressure * StrictMath.sin(rate * (i + 1) + phase));
                Piece piece =
                        new Piece(scale * p[0], scale * p[1], r0, scale * q[0], scale * q[1], r1);
                pieces.add(piece);
                double weight = length(piece) * (r0 + r1);
                mass += weight;
                massX += weight * (piece.x0 + piece.x1) / 2;
                massY += weight * (piece.y0 + piece.y1) / 2;
            }
        }
        double dx = shift(massX / mass, scale, radius * (1 + pressure), 0);
        double dy = shift(massY / mass, scale, radius * (1 + pressure), 1);
        pieces.replaceAll(p -> new Piece(p.x0 + dx, p.y0 + dy, p.r0, p.x1 + dx, p.y1 + dy, p.r1));
        return pieces;
    }

    private static double length(Piece p) {
        double dx = p.x1 - p.x0;
        double dy = p.y1 - p.y0;
        return Math.sqrt(dx * dx + dy * dy);
    }

    /** How far to move along {@code axis}: the mass to the middle, but the ink into the frame. */
    private double shift(double mass, double scale, double radius, int axis) {
        double wanted = 13.5 + rng.uniform(-0.5, 0.5) - mass;
        double least = 1.5 + radius - scale * low(axis);
        double most = 25.5 - radius - scale * high(axis);
        return Math.max(least, Math.min(most, wanted));
    }

    /** Pixels per unit, so that the longest side with its ink measures about 20 pixels. */
    private double scale(double radius) {
        double side = Math.max(high(0) - low(0), high(1) - low(1));
        double target = 20 * rng.uniform(0.95, 1.03) - 2 * radius;
        return target / Math.max(side, 1);
    }

    private double low(int axis) {
        double low = Double.MAX_VALUE;
        for (List<double[]> curve : curves) {
            for (double[] point : curve) {
                low = Math.min(low, point[axis]);
            }
        }
        return low;
    }

    private double high(int axis) {
        double high = -Double.MAX_VALUE;
        for (List<double[]> curve : curves) {
            for (double[] point : curve) {
                high = Math.max(high, point[axis]);
            }
        }
        return high;
    }
}
