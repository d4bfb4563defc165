/**
 * The routed VAE: a variational autoencoder whose code has units for each class of images, because
 * the reconstruction error of an image reaches the code through the units of its own class alone.
 * No term of the loss sees a label; labels choose gradient masks. Begin with {@link
 * dev.sluice.experiments.routedvae.RoutedVaePlan}.
 */
@NullMarked
package dev.sluice.experiments.routedvae;

import org.jspecify.annotations.NullMarked;
